"""How far is each milestone, who said so, and who must say so next?"""
