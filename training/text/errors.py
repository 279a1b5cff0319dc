"""What can be wrong with texts, their makers and their embeddings; each a line for the caller."""


class TextError(ValueError):
    """Something about the texts that the caller can mend; the message says what."""


class BadDescription(TextError):
    """A description file that cannot be used; the message names the file, class and field."""


class BadAnswer(TextError):
    """A language model's answer that is not what the prompt asked for; the message says why."""


class NoLanguageModel(TextError):
    """No language model answers: no key, no endpoint, or it refused."""


class NoSentenceEncoder(TextError):
    """The sentence encoder, or the library that runs it, is not there."""


class BadEmbeddings(TextError):
    """An embeddings file that is unreadable, or older than the texts it is asked for."""
