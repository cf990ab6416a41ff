"""How fast is it, beside an honest limit measured in the same run?"""
