import os
from collections import Counter
from statistics import mean

from _shared import split_words

# From fn.env.json, and only there for the functions of this folder.
IGNORED = set(os.environ["IGNORED_WORDS"].split())


def handler(event, text):
    words = split_words(text)
    counts = Counter(word for word in words if word not in IGNORED)
    return {
        "words": len(words),
        "mean_length": round(mean(map(len, words)), 1) if words else 0,
        "most_common": [{"word": word, "count": count} for word, count in counts.most_common(3)],
    }
