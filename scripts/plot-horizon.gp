# Errors by days ahead, over all days as of which: plot-horizon.gp ACCURACY.csv FIGURE.svg
table = ARG1; figure = ARG2; height = 600
load "scripts/plot-style.gp"

isDay(predictor) = strcol("origin") eq "" && strcol("horizon_day") ne "" && strcol("predictor") eq predictor
day(predictor) = isDay(predictor) ? column("horizon_day") : NaN
cell(measure, predictor) = isDay(predictor) ? column(measure) : NaN
flights = 0
last = 1
top = 1
reach = 0.1
count(day, n) = (flights = flights + n, last = day > last ? day : last, 0)
raise(error) = (top = error > top ? error : top, 0)
widen(difference) = (reach = abs(difference) > reach ? abs(difference) : reach, 0)
stats table using (isDay("median") ? count(column("horizon_day"), column("flights")) : 0) nooutput
stats table using (isDay("forecast") || isDay("recency_mean") || isDay("last_value") \
    ? raise(column("mean_absolute_error")) : 0) nooutput
stats table using (isDay("forecast") ? widen(column("minus_median")) : 0) nooutput
stats table using (isDay("forecast") ? widen(column("minus_median_low")) : 0) nooutput
stats table using (isDay("forecast") ? widen(column("minus_median_high")) : 0) nooutput

set xrange [0.5 : last + 0.5]
set xtics 1, (last > 31 ? 7 : 1)

set multiplot
set size 1, 0.58; set origin 0, 0.42
set title sprintf("Error by days ahead, all days as of which: %d flights that departed", flights)
set ylabel "mean absolute error\n(minutes per flight)"
set yrange [0 : 1.08 * top]
plot table using (day("forecast")):(cell("mean_absolute_error", "forecast")) \
        with points pointtype 7 pointsize 0.7 linecolor rgb blue title "forecast", \
    "" using (day("median")):(cell("mean_absolute_error", "median")) \
        with points pointtype 6 pointsize 1.1 linecolor rgb ink title "median", \
    "" using (day("recency_mean")):(cell("mean_absolute_error", "recency_mean")) \
        with points pointtype 5 pointsize 0.6 linecolor rgb orange title "recency-weighted mean", \
    "" using (day("last_value")):(cell("mean_absolute_error", "last_value")) \
        with points pointtype 9 pointsize 0.7 linecolor rgb green title "last value"

set size 1, 0.42; set origin 0, 0
unset title
unset key
set xlabel "days ahead"
set ylabel "forecast less median\n(minutes; above 0: worse)"
set yrange [-1.05 * reach : 1.05 * reach]
set arrow from graph 0, first 0 to graph 1, first 0 nohead linecolor rgb ink linewidth 1.5 back
plot table using (day("forecast")):(cell("minus_median", "forecast")) \
        :(cell("minus_median_low", "forecast")):(cell("minus_median_high", "forecast")) \
        with yerrorbars pointtype 7 pointsize 0.7 linewidth 2 linecolor rgb blue
unset multiplot
