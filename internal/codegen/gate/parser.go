package gate

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/asyncapi/parser-go/pkg/decode"
	"github.com/asyncapi/parser-go/pkg/parser"
	"github.com/asyncapi/parser-go/pkg/schema"

	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// second asks the validator of parser-go, which is another one. It panics on some
// documents, and gives no positions.
func second(raw []byte, root *spec.Node, diags *source.Diagnostics) {
	defer caught(root, diags)
	doc, err := decode.ToMap(bytes.NewReader(withoutPatterns(root).AppendJSON(nil)))
	if err == nil {
		err = schema.NewParser(raw).Parse(doc)
	}
	refused(root, err, diags)
}

// whole asks all of parser-go, which reads documents of AsyncAPI 2 and resolves
// their references. A document whose references expand to too much, or without
// end, is not put before it: it would take all time or the stack. What it says of
// references that are resolved here is left out.
func whole(root *spec.Node, diags *source.Diagnostics) {
	if _, ok := expanded(root, root, map[*spec.Node]int{}); !ok {
		return
	}
	defer caught(root, diags)
	parse, err := parser.New()
	if err == nil {
		err = parse(bytes.NewReader(withoutPatterns(root).AppendJSON(nil)), nil)
	}
	if err == nil {
		return
	}
	for _, text := range []string{"circular dependency", "key not found", "invalid reference", "invalid path"} {
		if strings.Contains(err.Error(), text) {
			return
		}
	}
	refused(root, err, diags)
}

// withoutPatterns gives a document without the patterns that package regexp does
// not have as they stand: parser-go takes them for mistakes.
func withoutPatterns(n *spec.Node) *spec.Node {
	out := *n
	out.Pairs, out.Items = slices.Clone(n.Pairs), slices.Clone(n.Items)
	out.Pairs = slices.DeleteFunc(out.Pairs, func(p spec.Pair) bool {
		_, err := regexp.Compile(p.Value.Str())
		return p.Key == "pattern" && err != nil
	})
	for i := range out.Pairs {
		out.Pairs[i].Value = withoutPatterns(out.Pairs[i].Value)
	}
	for i := range out.Items {
		out.Items[i] = withoutPatterns(out.Items[i])
	}
	return &out
}

func caught(root *spec.Node, diags *source.Diagnostics) {
	if r := recover(); r != nil {
		diags.Warnf(root.Pos, "asyncapi-parser", "", "parser-go fails on the document: %v", r)
	}
}

// refused reports the lines of an error, whose pointers are written with dots.
func refused(root *spec.Node, err error, diags *source.Diagnostics) {
	if err == nil {
		return
	}
	for text := range strings.SplitSeq(err.Error(), "\n") {
		place, _, _ := strings.Cut(text, ": ")
		pointer := "/" + strings.ReplaceAll(place, ".", "/")
		diags.Errorf(root.Nearest(pointer).Pos, "asyncapi-parser", "", "parser-go refuses the document: %s", text)
	}
}

// maxExpanded is how many values a document may have once its references are
// replaced by what they name, for parser-go to be asked.
const maxExpanded = 1 << 18

// inProgress marks a value that is being expanded.
const inProgress = -1

// expanded counts the values below n with the references replaced. ok is false
// where a reference leads back to itself or not to a value of the document, and
// where there are too many.
func expanded(root, n *spec.Node, sizes map[*spec.Node]int) (size int, ok bool) {
	if size, known := sizes[n]; known {
		return size, size != inProgress
	}
	sizes[n] = inProgress
	size = 1
	add := func(child *spec.Node) bool {
		more, ok := expanded(root, child, sizes)
		size += more
		return ok && size < maxExpanded
	}
	if ref, isRef := n.Ref(); isRef {
		target, err := root.At(strings.TrimPrefix(ref, "#"))
		if err != nil || !strings.HasPrefix(ref, "#") || !add(target) {
			return 0, false
		}
	}
	for _, p := range n.Pairs {
		if !add(p.Value) {
			return 0, false
		}
	}
	for _, item := range n.Items {
		if !add(item) {
			return 0, false
		}
	}
	sizes[n] = size
	return size, true
}
