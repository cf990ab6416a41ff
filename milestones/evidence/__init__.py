"""佐证材料: what shows that a milestone was reached, attached, looked at and served."""
