# How many flights the intervals held, by day as of which: plot-coverage.gp COVERAGE.csv FIGURE.svg
table = ARG1; figure = ARG2; height = 340
load "scripts/plot-style.gp"

flights = 0
rows = 0
least = 0.6
count(n) = (rows = rows + 1, flights = strcol("origin") eq "" ? n : flights, 0)
lower(share) = (least = share < least ? share : least, 0)
stats table using (count(column("flights"))) nooutput
stats table using (lower(column("coverage_low"))) nooutput

set title sprintf("Flights between the 0.1 and 0.9 quantiles of their hour: %d that departed", flights)
set xlabel "share of the flights, with 95 % intervals"
set ylabel "as of"
set lmargin 16
set xrange [least : 1]
set yrange [rows - 0.4 : -0.6]
set grid noytics xtics linecolor rgb pale linetype 1
set arrow from 0.8, graph 0 to 0.8, graph 1 nohead linecolor rgb ink linewidth 1.5 back
set label "promised: 0.8" at 0.805, graph 0.95 textcolor rgb grey
unset key
plot table using (column("coverage")):0:(column("coverage_low")):(column("coverage_high")) \
        :ytic(strcol("origin") eq "" ? "all" : strcol("origin")) \
        with xerrorbars pointtype 7 pointsize 0.9 linewidth 2 linecolor rgb blue
