"""The wall chart: pure geometry (scale, axis, lanes, links), and the rows that it is drawn for."""
