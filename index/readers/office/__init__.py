"""What the readers of word processors' files and books share: pieces, tables, properties."""
