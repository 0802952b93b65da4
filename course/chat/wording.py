"""Words of questions, English and Korean, for the words that the Factbook has."""

from __future__ import annotations

COUNTRIES = {
    "한국": "South Korea", "대한민국": "South Korea", "남한": "South Korea", "북한": "North Korea",
    "일본": "Japan", "중국": "China", "대만": "Taiwan", "몽골": "Mongolia", "베트남": "Vietnam",
    "태국": "Thailand", "인도네시아": "Indonesia", "말레이시아": "Malaysia",
    "싱가포르": "Singapore", "필리핀": "Philippines", "캄보디아": "Cambodia", "라오스": "Laos",
    "인도": "India", "파키스탄": "Pakistan", "방글라데시": "Bangladesh", "네팔": "Nepal",
    "스리랑카": "Sri Lanka", "이란": "Iran", "이라크": "Iraq", "이스라엘": "Israel",
    "사우디아라비아": "Saudi Arabia", "터키": "Turkey", "카자흐스탄": "Kazakhstan",
    "우즈베키스탄": "Uzbekistan", "러시아": "Russia", "우크라이나": "Ukraine",
    "폴란드": "Poland", "독일": "Germany", "프랑스": "France", "영국": "United Kingdom",
    "아일랜드": "Ireland", "이탈리아": "Italy", "스페인": "Spain", "포르투갈": "Portugal",
    "네덜란드": "Netherlands", "벨기에": "Belgium", "스위스": "Switzerland",
    "오스트리아": "Austria", "체코": "Czech Republic", "헝가리": "Hungary", "그리스": "Greece",
    "스웨덴": "Sweden", "노르웨이": "Norway", "덴마크": "Denmark", "핀란드": "Finland",
    "아이슬란드": "Iceland", "미국": "United States", "캐나다": "Canada", "멕시코": "Mexico",
    "쿠바": "Cuba", "브라질": "Brazil", "아르헨티나": "Argentina", "칠레": "Chile",
    "페루": "Peru", "콜롬비아": "Colombia", "이집트": "Egypt", "케냐": "Kenya",
    "에티오피아": "Ethiopia", "나이지리아": "Nigeria", "가나": "Ghana", "모로코": "Morocco",
    "남아프리카": "South Africa", "호주": "Australia", "뉴질랜드": "New Zealand",
}  # fmt: skip

ENGLISH_WORDS = {
    "currency": "exchange rates", "money": "exchange rates", "inhabitants": "population",
    "how many people": "population", "how big": "area total", "how large": "area total",
    "highest mountain": "highest point", "religion": "religions", "speak": "languages",
    "spoken": "languages", "neighbours": "border countries", "anthem": "national anthem",
    "domain": "internet country code", "how old": "median age", "holiday": "national holiday",
    "independent": "independence",
}  # fmt: skip

QUESTION_WORDS = {
    "수도": "capital", "인구": "population", "언어": "languages", "종교": "religions",
    "면적": "area", "통화": "exchange rates", "화폐": "exchange rates", "환율": "exchange rates",
    "돈": "exchange rates", "산업": "industries", "기후": "climate", "지형": "terrain",
    "독립": "independence", "국경일": "national holiday", "국가": "national anthem",
    "수출": "exports partners", "자원": "natural resources", "농산물": "agriculture products",
    "도메인": "internet country code", "위치": "location", "국경": "border countries",
    "기대수명": "life expectancy", "수명": "life expectancy", "나이": "median age",
    "가장 높은": "highest point", "높은 산": "highest point", "정부": "government type",
    "상징": "national symbol",
}  # fmt: skip
