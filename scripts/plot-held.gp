# Flights held by airport and month: plot-held.gp HELD.csv FIGURE.svg
table = ARG1; figure = ARG2; height = 480
load "scripts/plot-style.gp"

# The month is the second column.
month(x) = timecolumn(2, "%Y-%m-%d")
day = 24 * 3600
airports = ""
scheduled = 0
largest = 1
first = 0
last = 0
places = 0
note(name) = strstrt(airports, name) ? 0 : (airports = airports." ".name, 0)
count(n) = (scheduled = scheduled + n, largest = n > largest ? n : largest, 0)
stretch(place) = (first = places && first < place ? first : place, last = places && last > place ? last : place, \
    places = places + 1, 0)
stats table using (count(column("scheduled")) + note(strcol("airport")) + stretch(month(0))) nooutput

cell(airport, measure) = strcol("airport") eq airport ? column(measure) : NaN
percent(x) = column("scheduled") > 0 ? 100.0 * column("not_departed") / column("scheduled") : NaN
share(airport) = strcol("airport") eq airport ? percent(0) : NaN
worst = 1
raise(share) = (worst = share > worst ? share : worst, 0)
stats table using (raise(percent(0))) nooutput
colour(n) = word("#0072b2 #d55e00 #009e73 #cc79a7 #56b4e9 #777777", (n - 1) % 6 + 1)
mark(n) = int(word("7 5 9 11 13 4", (n - 1) % 6 + 1))

set xdata time
set timefmt "%s"
set format x (last - first > 400 * day ? "%b\n%Y" : "%b")
set xrange [first - 15 * day : last + 15 * day]

set lmargin 12
unset mxtics
set multiplot
set size 1, 0.54; set origin 0, 0.46
set title sprintf("Data held: %d scheduled flights, by airport and month", scheduled)
set ylabel "scheduled flights"
set yrange [0 : 1.1 * largest]
plot for [n = 1:words(airports)] table using (month(0)):(cell(word(airports, n), "scheduled")) \
    with points pointtype mark(n) pointsize 0.8 linecolor rgb colour(n) title word(airports, n)
set size 1, 0.46; set origin 0, 0
unset key
unset title
set ylabel "no departure (%)"
set xlabel "month"
set yrange [0 : 1.1 * worst]
plot for [n = 1:words(airports)] table using (month(0)):(share(word(airports, n))) \
    with points pointtype mark(n) pointsize 0.8 linecolor rgb colour(n) notitle
unset multiplot
