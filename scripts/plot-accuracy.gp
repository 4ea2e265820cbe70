# Mean absolute error less the median's, by day as of which: plot-accuracy.gp ACCURACY.csv FIGURE.svg
table = ARG1; figure = ARG2; height = 480
load "scripts/plot-style.gp"

# Days as of which stand in the order of the table, which begins with all of them together: theirs is empty.
isWhole(x) = strcol("horizon_day") eq ""
name(x) = strcol("origin") eq "" ? "all" : strcol("origin")
origins = ""
flights = 0
note(name) = strstrt(origins, name) ? 0 : (origins = origins." ".name, 0)
count(name, n) = name eq "all" ? (flights = n, 0) : 0
stats table using (isWhole(0) ? note(name(0)) + count(name(0), column("flights")) : 0) nooutput
row(name) = int(sum [i = 1:words(origins)] (word(origins, i) eq name ? i : 0))

is(predictor) = isWhole(0) && strcol("predictor") eq predictor
low(predictor) = is(predictor) ? column("minus_median_low") : NaN
high(predictor) = is(predictor) ? column("minus_median_high") : NaN
difference(predictor) = is(predictor) ? column("minus_median") : NaN
place(offset) = row(name(0)) + offset

shown = "forecast model constant weather_known"
leftmost = -0.1
rightmost = 0.1
widen(x) = (leftmost = x < leftmost ? x : leftmost, rightmost = x > rightmost ? x : rightmost, 0)
stats table using (isWhole(0) && strstrt(shown, strcol("predictor")) ? widen(column("minus_median")) : 0) nooutput
stats table using (isWhole(0) && strstrt(shown, strcol("predictor")) ? widen(column("minus_median_low")) : 0) nooutput
stats table using (isWhole(0) && strstrt(shown, strcol("predictor")) ? widen(column("minus_median_high")) : 0) nooutput

set title sprintf("Does the forecast beat the median? %d flights that departed", flights)
set xlabel "mean absolute error less the median's (minutes per flight), with 95 % intervals"
set ylabel "as of"
set lmargin 16
set key maxrows 2
set xrange [1.05 * leftmost : 1.05 * rightmost]
set yrange [words(origins) + 0.6 : 0.3]
set ytics ("" 1)
set for [i = 1:words(origins)] ytics add (word(origins, i) i)
set grid noytics xtics linecolor rgb pale linetype 1
set arrow from 0, graph 0 to 0, graph 1 nohead linecolor rgb ink linewidth 1.5 back
set label "better than the median" at graph 0.01, 0.965 textcolor rgb grey
set label "worse" at graph 0.99, 0.965 right textcolor rgb grey

plot table using (difference("forecast")):(place(-0.27)):(low("forecast")):(high("forecast")) \
        with xerrorbars pointtype 7 pointsize 0.8 linewidth 2 linecolor rgb blue title "forecast", \
    "" using (difference("model")):(place(-0.09)):(low("model")):(high("model")) \
        with xerrorbars pointtype 5 pointsize 0.7 linewidth 2 linecolor rgb orange title "model, on every route", \
    "" using (difference("constant")):(place(0.09)):(low("constant")):(high("constant")) \
        with xerrorbars pointtype 9 pointsize 0.8 linewidth 2 linecolor rgb green title "constant median", \
    "" using (difference("weather_known")):(place(0.27)):(low("weather_known")):(high("weather_known")) \
        with xerrorbars pointtype 4 pointsize 0.7 linewidth 2 linecolor rgb grey title "NOT A FORECAST: told the weather"
