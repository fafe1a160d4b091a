"""Measuring search and answers: data sets become questions, questions become figures.

    formats/     a data set's files → ``dataset``'s values, one module a format
    dataset      texts to search, and questions whose right texts are known
    retrieval    questions → the rank of the right text, and ir-measures' figures
    answering    questions → answers, and whether to answer was right
    result       the figures and what became of each question
    run          all of it, for the command's settings
    report       tables, progress, JSON

Every set is measured with one setting: the one that ``qa.ask`` has.
"""
