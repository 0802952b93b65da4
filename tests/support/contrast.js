// Where text is hard to read against what is behind it (WCAG 2.2, 1.4.3, level AA):
// large text needs a ratio of 3, other text 4.5. Returns a line for each of the first five places.
() => {
  const TEXT = "article p, article li, article td, article h1, article h2, article code, nav a";
  const numbers = (colour) => (colour.match(/[\d.]+/g) || []).map(Number);
  const linear = (v) => (v /= 255, v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const background = (element) => {
    for (; element; element = element.parentElement) {
      const colour = numbers(getComputedStyle(element).backgroundColor);
      if (colour.length === 3 || colour[3] > 0.99) return colour;
    }
    return [255, 255, 255];
  };
  const weak = [];
  for (const element of document.querySelectorAll(TEXT)) {
    if (!element.innerText || !element.offsetParent) continue;
    const style = getComputedStyle(element);
    const pair = [luminance(numbers(style.color)), luminance(background(element))];
    const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    const needed = parseFloat(style.fontSize) >= 24 ? 3 : 4.5;
    if (ratio < needed) {
      weak.push(`${ratio.toFixed(1)} ${element.tagName} ${element.innerText.slice(0, 30)}`);
    }
  }
  return weak.slice(0, 5);
}
