# SPDX-License-Identifier: Apache-2.0
"""Cities with their latitude and longitude."""

CITIES = [
    ("Amsterdam", 52.37, 4.90), ("Athens", 37.98, 23.73), ("Barcelona", 41.39, 2.17), ("Belgrade", 44.79, 20.45), ("Berlin", 52.52, 13.40),
    ("Bern", 46.95, 7.45), ("Bilbao", 43.26, -2.93), ("Bologna", 44.49, 11.34), ("Bordeaux", 44.84, -0.58), ("Bratislava", 48.15, 17.11),
    ("Bremen", 53.08, 8.80), ("Brno", 49.20, 16.61), ("Brussels", 50.85, 4.35), ("Bucharest", 44.43, 26.10), ("Budapest", 47.50, 19.04),
    ("Cardiff", 51.48, -3.18), ("Cologne", 50.94, 6.96), ("Copenhagen", 55.68, 12.57), ("Cork", 51.90, -8.47), ("Dresden", 51.05, 13.74),
    ("Dublin", 53.35, -6.26), ("Edinburgh", 55.95, -3.19), ("Florence", 43.77, 11.26), ("Frankfurt", 50.11, 8.68), ("Gdansk", 54.35, 18.65),
    ("Geneva", 46.20, 6.15), ("Glasgow", 55.86, -4.25), ("Gothenburg", 57.71, 11.97), ("Graz", 47.07, 15.44), ("Hamburg", 53.55, 9.99),
    ("Helsinki", 60.17, 24.94), ("Innsbruck", 47.27, 11.40), ("Krakow", 50.06, 19.94), ("Leeds", 53.80, -1.55), ("Leipzig", 51.34, 12.37),
    ("Lille", 50.63, 3.06), ("Lisbon", 38.72, -9.14), ("Ljubljana", 46.06, 14.51), ("London", 51.51, -0.13), ("Lyon", 45.76, 4.84),
    ("Madrid", 40.42, -3.70), ("Malmo", 55.60, 13.00), ("Manchester", 53.48, -2.24), ("Marseille", 43.30, 5.37), ("Milan", 45.46, 9.19),
    ("Munich", 48.14, 11.58), ("Nantes", 47.22, -1.55), ("Naples", 40.85, 14.27), ("Nice", 43.70, 7.27), ("Nuremberg", 49.45, 11.08),
    ("Oslo", 59.91, 10.75), ("Palermo", 38.12, 13.36), ("Paris", 48.86, 2.35), ("Porto", 41.15, -8.61), ("Poznan", 52.41, 16.93),
    ("Prague", 50.08, 14.44), ("Riga", 56.95, 24.11), ("Rome", 41.90, 12.50), ("Rotterdam", 51.92, 4.48), ("Salzburg", 47.81, 13.06),
    ("Sarajevo", 43.86, 18.41), ("Seville", 37.39, -5.98), ("Sofia", 42.70, 23.32), ("Stockholm", 59.33, 18.07), ("Strasbourg", 48.57, 7.75),
    ("Stuttgart", 48.78, 9.18), ("Tallinn", 59.44, 24.75), ("Toulouse", 43.60, 1.44), ("Turin", 45.07, 7.69), ("Valencia", 39.47, -0.38),
    ("Vienna", 48.21, 16.37), ("Vilnius", 54.69, 25.28), ("Warsaw", 52.23, 21.01), ("Zagreb", 45.81, 15.98), ("Zurich", 47.38, 8.54),
]
