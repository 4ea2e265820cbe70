# Predicted delays of each airport beside what happened: plot-index.gp REVIEW.csv FIGURE.svg date|hour
table = ARG1; figure = ARG2; by = ARG3
set datafile separator comma
set datafile columnheaders

# The mean of fewer flights says nothing.
fewest = 10
airports = ""
top = 10
bottom = -10
note(name) = strstrt(airports, name) ? 0 : (airports = airports." ".name, 0)
reach(delay) = (top = delay > top ? delay : top, bottom = delay < bottom ? delay : bottom, 0)
isKnown(x) = column("departed") >= fewest
stats table using (note(strcol("airport")) + reach(column("predicted_delay_minutes"))) nooutput
stats table using (isKnown(0) ? reach(column("mean_delay_minutes")) + reach(column("median_delay_minutes")) : 0) nooutput
panels = words(airports)

# Where dates and hours begin and end. The date is the second column.
place(x) = by eq "date" ? timecolumn(2, "%Y-%m-%d") : column("hour")
step = by eq "date" ? 24 * 3600 : 1
first = 0
last = 0
places = 0
stretch(place) = (first = places && first < place ? first : place, last = places && last > place ? last : place, \
    places = places + 1, 0)
stats table using (stretch(place(0))) nooutput

array departed[panels + 1]
array scheduled[panels + 1]
do for [panel = 1:panels] {
    departed[panel] = 0
    scheduled[panel] = 0
}
count(panel) = panel ? (departed[panel] = departed[panel] + column("departed"), \
    scheduled[panel] = scheduled[panel] + column("scheduled"), 0) : 0
panelOf(name) = int(sum [i = 1:panels] (word(airports, i) eq name ? i : 0))
stats table using (count(panelOf(strcol("airport")))) nooutput

height = 80 + 210 * (panels ? panels : 1)
load "scripts/plot-style.gp"
set xrange [first - 0.6 * step : last + 0.6 * step]
set yrange [1.05 * bottom : 1.05 * top]
set ylabel "delay (minutes)"
set ytics 10
if (by eq "date") {
    set xdata time
    set timefmt "%s"
    set format x "%d %b"
} else {
    set xtics 3
}
cell(airport, measure) = strcol("airport") eq airport ? column(measure) : NaN
known(airport, measure) = strcol("airport") eq airport && isKnown(0) ? column(measure) : NaN

above = 75.0 / height
tall = (1 - above) / (panels ? panels : 1)
set key at screen 0.5, 1 - 8.0 / height top center horizontal maxrows 1
set multiplot
if (panels == 0) {
    set title "There is no index: nothing is forecast"
    plot table using (NaN):(NaN) notitle
}
do for [panel = 1:panels] {
    airport = word(airports, panel)
    set tmargin at screen 1 - above - (panel - 1) * tall
    set bmargin at screen 1 - above - panel * tall + 75.0 / height
    set title sprintf("%s: %d of %d scheduled flights departed", airport, departed[panel], scheduled[panel]) offset 0, -0.6
    if (panel == panels) { set xlabel (by eq "date" ? "date" : "scheduled local hour") }
    plot table using (place(0)):(known(airport, "mean_delay_minutes")) \
            with points pointtype 5 pointsize 0.6 linecolor rgb orange title "departed, mean", \
        "" using (place(0)):(known(airport, "median_delay_minutes")) \
            with points pointtype 6 pointsize 1 linecolor rgb ink title "departed, median", \
        "" using (place(0)):(cell(airport, "predicted_delay_minutes")) \
            with points pointtype 7 pointsize 0.6 linecolor rgb blue title "predicted"
    unset key
}
unset multiplot
