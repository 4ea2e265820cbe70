# What all figures share: 800 points wide, colours that the colour-blind can tell apart (Okabe and Ito 2008), and no more
# lines than carry data. A figure sets its ranges itself, so that one without any data is an empty figure, not an error.
set terminal svg size 800, height dynamic font "DejaVu Sans, Arial, sans-serif,13" background "#ffffff" linewidth 1
set output figure
set datafile separator comma
set datafile columnheaders

blue = "#0072b2"; orange = "#d55e00"; green = "#009e73"; band = "#cfe3f1"
ink = "#222222"; grey = "#777777"; pale = "#e4e4e4"

set border 3 linecolor rgb grey
set tics nomirror out scale 0.5 textcolor rgb ink
set grid ytics linecolor rgb pale linetype 1
set key outside top center horizontal Left reverse samplen 1.5 textcolor rgb ink
set title textcolor rgb ink
set xlabel textcolor rgb ink
set ylabel textcolor rgb ink
set lmargin 10
set rmargin 2
