# Measured data, their stand-ins and their quality.
