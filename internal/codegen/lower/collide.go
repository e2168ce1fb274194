package lower

import (
	"fmt"
	"slices"
	"strings"
)

// reportCollision names the options that can't be told apart at the best
// candidate, with their positions.
func (l *lowering) reportCollision(u *union) {
	best := u.best()
	if best == nil {
		l.diags.Errorf(u.pos, "messages-collide", u.fixes, "the %s can't be told apart: nothing in them differs for sure, such as a const: %s", u.what, u.list(u.all()))
		return
	}
	pos := u.pos
	if u.pointer != "" {
		pos = u.pointerPos
	}
	var missing []int
	for i, list := range best.values {
		if len(list) == 0 {
			missing = append(missing, i)
		}
	}
	for _, s := range sharings(best.values) {
		l.diags.Errorf(pos, "messages-collide", u.fixes, "the %s can't be told apart: %s may be %s in each of %s", u.what, best.pointer, strings.Join(s.values, ", "), u.list(s.holders))
	}
	if len(missing) > 0 {
		l.diags.Errorf(pos, "messages-collide", u.fixes, "the %s can't be told apart by %s: it has no const or enum in %s", u.what, best.pointer, u.list(missing))
	}
}

// sharing is a set of options that share values.
type sharing struct {
	values  []string
	holders []int
}

// sharings gives the values that more than one option has, those of the same
// options together.
func sharings(values [][]string) []*sharing {
	holders := map[string][]int{}
	var order []string
	for i, list := range values {
		for _, v := range list {
			if holders[v] = append(holders[v], i); len(holders[v]) == 2 {
				order = append(order, v)
			}
		}
	}
	var out []*sharing
	for _, v := range order {
		i := slices.IndexFunc(out, func(s *sharing) bool { return slices.Equal(s.holders, holders[v]) })
		if i < 0 {
			out = append(out, &sharing{holders: holders[v]})
			i = len(out) - 1
		}
		if len(out[i].values) < maxListed {
			out[i].values = append(out[i].values, v)
		}
	}
	return out
}

// maxListed is how many options or values a finding lists.
const maxListed = 6

// best gives the candidate that nearly tells the options apart.
func (u *union) best() *candidate {
	if u.pointer != "" {
		return &candidate{pointer: u.pointer, values: namedValues(u)}
	}
	if list := candidates(u); len(list) > 0 {
		return list[0]
	}
	return nil
}

func (u *union) all() []int {
	all := make([]int, len(u.options))
	for i := range all {
		all[i] = i
	}
	return all
}

// list names options with their positions, the first few where there are many.
func (u *union) list(indexes []int) string {
	var out []string
	for _, i := range indexes[:min(len(indexes), maxListed)] {
		out = append(out, fmt.Sprintf("%q (%s)", u.options[i].label, u.options[i].pos))
	}
	if len(indexes) > maxListed {
		out = append(out, fmt.Sprintf("%d more", len(indexes)-maxListed))
	}
	return strings.Join(out, ", ")
}
