"""How an answer looks, whatever it is of."""
