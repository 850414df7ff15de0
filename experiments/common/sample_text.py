def imdb(): pass
def reuters(): pass
