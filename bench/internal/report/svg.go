package report

import (
	"cmp"
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
)

// The picture's measures, in pixels.
const (
	width     = 760
	labelEnd  = 268 // names end here, bars begin a gap after it
	barStart  = labelEnd + 10
	barEnd    = width - 150 // the longest bar; its value stands behind it
	rowHeight = 28
	barHeight = 16
	top       = 72
	bottom    = 44
)

// pictured is the scenario of the picture.
const pictured = "saturated-200"

// bar is one server in the picture.
type bar struct {
	title string
	key   string
	value float64 // deliveries per second of server CPU
	ratio float64 // to the baseline
}

// SVG is the picture: deliveries per second of server CPU, relative to the
// baseline, on a logarithmic scale. It follows the reader's light or dark theme.
func (r *Report) SVG() string {
	bars := r.bars()
	height := top + len(bars)*rowHeight + bottom
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="t d">`+"\n", width, height, width, height)
	b.WriteString(style)
	fmt.Fprintf(&b, "<title id=\"t\">Deliveries per second of server CPU, relative to Socket.IO</title>\n<desc id=\"d\">%s</desc>\n", html.EscapeString(describe(bars)))
	fmt.Fprintf(&b, `<rect class="page" width="%d" height="%d" rx="8"/>`+"\n", width, height)
	fmt.Fprintf(&b, `<text class="head" x="20" y="30">Deliveries per second of server CPU</text>`+"\n")
	fmt.Fprintf(&b, `<text class="sub" x="20" y="50">one room of 200 players, as fast as it goes; times Socket.IO, logarithmic scale</text>`+"\n")
	most := 1.0
	least := 1.0
	for _, x := range bars {
		most, least = max(most, x.ratio), min(least, x.ratio)
	}
	at := scale(least, most)
	grid(&b, most, at, height)
	for i, x := range bars {
		y := top + i*rowHeight
		class := map[string]string{duet: "own", limit: "limit"}[x.key]
		fmt.Fprintf(&b, `<text class="name %s" x="%d" y="%d">%s</text>`+"\n", class, labelEnd, y+13, html.EscapeString(x.title))
		fmt.Fprintf(&b, `<rect class="bar %s" x="%d" y="%d" width="%.1f" height="%d" rx="2"/>`+"\n", class, barStart, y, at(x.ratio)-barStart, barHeight)
		fmt.Fprintf(&b, `<text class="value %s" x="%.1f" y="%d">%s× · %s</text>`+"\n", class, at(x.ratio)+8, y+13, times(x.ratio), short(x.value))
	}
	fmt.Fprintf(&b, `<text class="foot" x="20" y="%d">%s</text>`+"\n</svg>\n", height-14, html.EscapeString(r.Date+", "+r.Machine+"; server on one core, load on another, over loopback"))
	return b.String()
}

const style = `<style>
text { font: 13px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328 }
.page { fill: #ffffff } .head { font-size: 17px; font-weight: 600 } .sub, .foot, .tick { fill: #59636e } .foot, .tick { font-size: 11px }
.value { paint-order: stroke; stroke: #ffffff; stroke-width: 4px } .name { text-anchor: end } .tick { text-anchor: middle } .grid { stroke: #d1d9e0; stroke-width: 1 }
.bar { fill: #8c959f } .bar.own { fill: #0969da } .bar.limit { fill: none; stroke: #8c959f; stroke-dasharray: 4 3 }
.name.own, .value.own { font-weight: 600; fill: #0969da }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .page { fill: #0d1117 } .sub, .foot, .tick { fill: #9198a1 } .grid { stroke: #30363d }
.bar { fill: #6e7681 } .bar.own { fill: #4493f8 } .bar.limit { fill: none; stroke: #6e7681 } .name.own, .value.own { fill: #4493f8 } .value { stroke: #0d1117 }
}
</style>
`

// bars are the servers that were measured, the fastest first.
func (r *Report) bars() []bar {
	f := func(run Run) float64 { return perCPU(run.Result) }
	base := r.over(pictured, baseline, f).median
	var all []bar
	for _, p := range r.Peers {
		if s := r.over(pictured, p.Key, f); s.n > 0 && base > 0 {
			all = append(all, bar{p.Title, p.Key, s.median, s.median / base})
		}
	}
	slices.SortFunc(all, func(a, b bar) int { return cmp.Compare(b.value, a.value) })
	return all
}

func describe(bars []bar) string {
	var parts []string
	for _, x := range bars {
		parts = append(parts, fmt.Sprintf("%s %s times", x.title, times(x.ratio)))
	}
	return strings.Join(parts, ", ")
}

// scale gives where a ratio lies. The baseline has a short bar, so that it can be seen.
func scale(least, most float64) func(ratio float64) float64 {
	low := math.Log10(least) - 0.15
	span := math.Log10(most) - low
	return func(ratio float64) float64 {
		return barStart + (math.Log10(ratio)-low)/span*(barEnd-barStart)
	}
}

// grid draws a line for 1, 2, 5, 10 and so on.
func grid(b *strings.Builder, most float64, at func(float64) float64, height int) {
	for decade := 1.0; decade <= most; decade *= 10 {
		for _, step := range []float64{1, 2, 5} {
			if v := decade * step; v <= most {
				x := at(v)
				fmt.Fprintf(b, `<line class="grid" x1="%.1f" y1="%d" x2="%.1f" y2="%d"/>`+"\n", x, top-8, x, height-bottom+2)
				fmt.Fprintf(b, `<text class="tick" x="%.1f" y="%d">%.0f×</text>`+"\n", x, height-bottom+15, v)
			}
		}
	}
}

// short writes a large number with three digits.
func short(v float64) string {
	if v >= 999_500 {
		return fmt.Sprintf("%.2f M", v/1e6)
	}
	return fmt.Sprintf("%.0f k", v/1e3)
}
