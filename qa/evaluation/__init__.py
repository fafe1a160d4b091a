"""Measuring search and answers: data sets become questions, questions become figures.

    formats/     a data set's files → ``dataset``'s values, one module a format
    dataset      texts to search, and questions whose right texts are known
    retrieval    questions → the order of the texts, and ir-measures' figures
    answering    questions → answers, and what became of each
    texts        the questions of a data set, asked of all its texts or of each one's own
    off_topic    the same questions, asked of articles that they are not about
    scoring      exact match and F1 of words; what a confidence is worth
    metrics      what became of the questions → figures
    result       the figures and what became of each question
    run          all of it, for the command's settings
    report       where results go: ``table``, ``record`` (JSON), ``plots``, ``errors``

Every set is measured with one setting: the one that ``qa.ask`` has.
"""
