"""The lesson of week 13: three questions on earlier weeks, predictions, exercises."""

from __future__ import annotations

from course.lesson import Question

WARM_UP = (
    Question(
        "log(1 - sigmoid(300)), computed as it stands in float32. What comes out?",
        ("-300", "minus infinity", "0"),
        answer=1,
        why="The sigmoid is rounded to 1 and its rest is 0. Weeks 00 and 08 took the logarithm of "
        "the logit itself; this week's losses need that again, twice.",
    ),
    Question(
        "BERT's masked language model (week 06) was trained with 15% masks. What does it learn?",
        ("to fill gaps from both sides", "to write from left to right", "to tell topics apart"),
        answer=0,
        why="And whoever can fill a few gaps can, with practice, fill all of them: keep it in mind "
        "for what diffusion becomes on text.",
    ),
    Question(
        "A GPT samples at a temperature near 0 (week 07). What do a hundred samples look like?",
        ("all different", "all wrong", "nearly all the same"),
        answer=2,
        why="Good and always the same: fidelity without diversity. This week measures both.",
    ),
)  # fmt: skip
QUESTIONS = {
    "linear": Question(
        "1,000 digits, unseen images, squared error: with how many numbers does PCA win?",
        ("with 2", "with 32", "never: a network can do all that PCA does"),
        answer=1,
        why="With few numbers the sheet's folds matter, and only the network can follow them. With "
        "32 a flat map is enough, and PCA's is the best flat map, without any training.",
    ),
    "pull": Question(
        "The spread of a cloud goes to zero, its mean stays at 0. What happens to the KL?",
        ("it goes to 0", "it grows without end", "it stops at 1/2"),
        answer=1,
        why="Minus log sigma has no end. A code that is exact to the last digit costs infinitely "
        "many nats: that is why a VAE blurs.",
    ),
    "through": Question(
        "code = torch.normal(mu, sigma): what does the encoder learn from the decoder's loss?",
        ("nothing: no gradient passes", "the same, more slowly", "the mean alone"),
        answer=0,
        why="A draw is the end of the graph. With the noise from outside the code is a function of "
        "mu and sigma, and has a slope.",
    ),
    "copy": Question(
        "One perfect image of each digit, 80 times each. How much of 797 real ones is covered?",
        ("about 8%", "about 40%", "nearly all"),
        answer=0,
        why="Ten points lie in few balls. Ten classes are not ten modes: a class is a cloud of "
        "handwritings.",
    ),
    "fooled": Question(
        "A GAN makes one image only. Which loss of the detective tells you?",
        ("a very high one", "a very low one", "none"),
        answer=2,
        why="The pair chases each other, and the loss is near that of guessing, 2 ln 2, as in a "
        "healthy GAN. Look at the samples, and count what they cover.",
    ),
    "stretch": Question(
        "A flow doubles every one of 64 numbers. How does log p change where an image lands?",
        ("by 64 ln 2", "by ln 2", "not at all"),
        answer=0,
        why="Each doubled axis thins the density by 2: the logarithms of the scales add up.",
    ),
    "drowned": Question(
        "50 steps, the largest beta 0.22. How much of the image's signal is left at the end?",
        ("about a half", "about 5%", "exactly none"),
        answer=1,
        why="The root of the product of all 1 - beta is 0.05 here. A sampler that begins with pure "
        "noise therefore begins a little wrong; it does not matter much.",
    ),
    "no-dice": Question(
        "A step on the way back without its fresh noise, at all steps. What do samples look like?",
        ("smoother, and less diverse", "noisier", "the same"),
        answer=0,
        why="Each step then walks towards an average: in a trial of ours diversity fell from 0.90 "
        "to 0.41, at the same fidelity. Change the sampler, and count with your detector.",
    ),
    "thousand": Question(
        "Which forger scores best with at most 4,000 numbers?",
        ("62 images of the examples, as they are", "one Gaussian a class in PCA's space",
         "the ten average digits"),
        answer=1,
        why="62 points cover little, averages lie off the sheet. Ten Gaussians of 16 directions "
        "take 3,809 numbers, and roll digits that nobody wrote.",
    ),
}  # fmt: skip
EXERCISES = (
    "autoencoder",
    "gaussian_kl",
    "reparameterize",
    "diversity",
    "gan_losses",
    "affine_coupling",
    "q_sample",
    "ddpm_step",
    "best_forger",
)
