"""How does a fact become an e-mail, and the e-mail bytes on a wire?"""
