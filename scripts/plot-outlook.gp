# One route's forecast, its interval and what happened, a week in a row, at most two:
# plot-outlook.gp HOURS.csv FLIGHTS.csv FIGURE.svg ROUTE FIRST-DAY DAYS
hours = ARG1; flights = ARG2; figure = ARG3
first = strptime("%Y-%m-%d", ARG5)
weeks = int(ARG6) > 7 ? 2 : 1
height = weeks == 2 ? 620 : 360
load "scripts/plot-style.gp"

day = 24 * 3600
end = first + 7 * weeks * day
top = 120
bottom = -30
# The date is the first column.
instant(x) = timecolumn(1, "%Y-%m-%d") + 3600 * column("hour")
isShown(x) = instant(0) < end
isWithin(delay) = delay >= bottom && delay <= top
scheduled = 0
stats hours using (isShown(0) ? (scheduled = scheduled + column("flights")) : 0) nooutput
departed = 0
beyond = 0
count(delay) = (departed = departed + 1, beyond = beyond + !isWithin(delay), 0)
stats flights using (isShown(0) ? count(column("delay_minutes")) : 0) nooutput
departure(x) = instant(0) + 60 * column("minute")

set xdata time
set timefmt "%s"
set format x "%a\n%d %b"
set yrange [bottom : top]
set ytics 30
set ylabel "departure delay (minutes)"
set arrow from graph 0, first 0 to graph 1, first 0 nohead linecolor rgb grey linewidth 1 back
set grid xtics ytics linecolor rgb pale linetype 1

set multiplot
do for [week = 1:weeks] {
    from = first + (week - 1) * 7 * day
    set size 1, (weeks == 1 ? 1 : week == 1 ? 0.52 : 0.48)
    set origin 0, (week < weeks ? 0.48 : 0)
    set xrange [from : from + 7 * day]
    set xtics from, day offset 6, 0
    if (week == 1) {
        set title sprintf("%s: %d of %d scheduled flights departed, %d of them beyond the axis (triangles)", \
            ARG4, departed, scheduled, beyond)
    } else {
        unset title
        unset key
    }
    if (week == weeks) { set xlabel "scheduled local time" }
    plot hours using (instant(0) + 1800):(column("p10")):(instant(0)):(instant(0) + 3600):(column("p10")):(column("p90")) \
            with boxxyerror fillstyle solid noborder linecolor rgb band title "0.1 to 0.9 quantile", \
        hours using (instant(0)):(column("predicted_delay_minutes")):(3600):(0) \
            with vectors nohead linewidth 2 linecolor rgb blue title "forecast", \
        flights using (departure(0)):(isWithin(column("delay_minutes")) ? column("delay_minutes") : NaN) \
            with points pointtype 7 pointsize 0.25 linecolor rgb orange title "departed", \
        flights using (departure(0)):(column("delay_minutes") > top ? top - 3 : NaN) \
            with points pointtype 9 pointsize 0.5 linecolor rgb orange notitle, \
        flights using (departure(0)):(column("delay_minutes") < bottom ? bottom + 3 : NaN) \
            with points pointtype 11 pointsize 0.5 linecolor rgb orange notitle
}
unset multiplot
