import re


def split_words(text):
    """The words of a text in small letters; "don't" is one of them."""
    return re.findall(r"\w+(?:['’]\w+)*", text.lower())
