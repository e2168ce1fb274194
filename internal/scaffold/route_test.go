package scaffold

import (
	"strings"
	"testing"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/source"
)

func TestPattern(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"/":                        "/{$}",
		"/chat":                    "/chat",
		"/chat/":                   "/chat/{$}",
		"/rooms/{roomId}/socket":   "/rooms/{roomId}/socket",
		"/rooms/{room-id}/{other}": "/rooms/{p1}/{other}",
		"/ws?token={token}":        "/ws",
	}
	for path, want := range tests {
		if got := pattern(path); got != want {
			t.Errorf("pattern(%q) = %q, want %q", path, got, want)
		}
	}
}

func TestVariable(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"Room": "room", "HTTPFeed": "httpFeed", "ID": "id", "Type": "typeSocket", "Rest": "restSocket"} {
		if got := variable(name); got != want {
			t.Errorf("variable(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestCheckPatterns(t *testing.T) {
	t.Parallel()
	apart := []socketRoute{{Path: "/{symbol}", Pattern: "/{symbol}"}, {Path: "/rooms/{id}", Pattern: "/rooms/{id}"}}
	if err := checkPatterns(apart); err != nil {
		t.Error(err)
	}
	err := checkPatterns([]socketRoute{{Path: "/{a}/x", Pattern: "/{a}/x"}, {Path: "/y/{b}", Pattern: "/y/{b}", model: &ir.Socket{Pos: source.Pos{File: "a.yaml", Line: 3, Column: 5}}}})
	if err == nil || !strings.Contains(err.Error(), "a.yaml:3:5: the socket at /y/{b}") {
		t.Errorf("two paths that both match /y/x give %v", err)
	}
}

// TestFill fills an error in by the names of its members, and gives up where a
// member can't be left at zero.
func TestFill(t *testing.T) {
	t.Parallel()
	text := &ir.Type{Kind: ir.String}
	field := func(name, json string, t *ir.Type) *ir.Field {
		return &ir.Field{Name: name, JSON: json, Type: t, Required: true}
	}
	code := &ir.Type{Kind: ir.String, Name: "Code", Enum: []ir.EnumValue{{Name: "Gone", JSON: `"gone"`}, {Name: "Internal", JSON: `"internal"`}}}
	object := func(fields ...*ir.Field) *ir.Type {
		return &ir.Type{Kind: ir.Object, Name: "Problem", Object: &ir.Members{Fields: fields}}
	}
	tests := map[string]struct {
		typ  *ir.Type
		want string
	}{
		"texts":    {object(field("Title", "title", text), field("Other", "other", text)), `schema.Problem{Title: http.StatusText(status)}`},
		"status":   {object(field("Status", "status", &ir.Type{Kind: ir.Integer, Number: ir.Numeric{Format: "int32"}})), `schema.Problem{Status: int32(status)}`},
		"code":     {object(field("Code", "code", code)), `schema.Problem{Code: codeOf(status)}`},
		"constant": {object(field("Type", "type", &ir.Type{Kind: ir.String, Enum: code.Enum[:1]})), `schema.Problem{}`},
		"optional": {object(&ir.Field{Name: "Code", JSON: "code", Type: code}), `schema.Problem{}`},
		"union":    {object(field("Any", "any", &ir.Type{Kind: ir.Union})), ""},
		"nullable": {object(field("Title", "title", &ir.Type{Kind: ir.String, Nullable: true})), ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := problemFiller().object(tt.typ)
			if got != tt.want || ok != (tt.want != "") {
				t.Errorf("got %q, %v, want %q", got, ok, tt.want)
			}
		})
	}
	if got := pick(code, "not_implemented", "internal"); got != "schema.CodeInternal" {
		t.Errorf("pick gives %q", got)
	}
}
