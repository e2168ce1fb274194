package scaffold

import (
	"strings"
	"testing"

	"github.com/duet-api/duet/internal/codegen/ir"
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
	err := checkPatterns([]socketRoute{{Path: "/{a}/x", Pattern: "/{a}/x"}, {Path: "/y/{b}", Pattern: "/y/{b}"}})
	if err == nil || !strings.Contains(err.Error(), "/y/{b}") {
		t.Errorf("two paths that both match /y/x give %v", err)
	}
}

// TestFill fills an error in by the names of its members and within what is asked
// of them, and gives up where a member can't have a value.
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
	limited := func(min, max int, pattern string) *ir.Type {
		return &ir.Type{Kind: ir.String, String: ir.Text{MinLength: min, MaxLength: &max, Pattern: pattern}}
	}
	tests := map[string]struct {
		typ  *ir.Type
		want string
	}{
		"texts":      {object(field("Title", "title", text), field("Detail", "detail", text), field("Other", "other", text)), `schema.Problem{Title: http.StatusText(status), Detail: detail}`},
		"words":      {object(field("Code", "code", code), field("Text", "text", limited(1, 500, ""))), `schema.Problem{Code: codeOf(status), Text: cut(detail, 500)}`},
		"only text":  {object(field("Fault", "what", text)), `schema.Problem{Fault: detail}`},
		"pattern":    {object(field("Title", "title", text), field("No", "no", limited(4, 4, "^E[0-9]+$"))), `schema.Problem{Title: detail, No: "E000"}`},
		"no sample":  {object(field("No", "no", limited(4, 4, "^[x-z]{4}$"))), ""},
		"status":     {object(field("Status", "status", &ir.Type{Kind: ir.Integer, Number: ir.Numeric{Format: "int32"}})), `schema.Problem{Status: int32(status)}`},
		"bounds":     {object(field("N", "n", &ir.Type{Kind: ir.Integer, Number: ir.Numeric{Min: &ir.Bound{Value: "3", Exclusive: true}}})), `schema.Problem{N: 4}`},
		"code":       {object(field("Code", "code", code)), `schema.Problem{Code: codeOf(status)}`},
		"plain code": {object(field("Code", "code", limited(0, 40, "^[A-Z_]+$")), field("Msg", "msg", text)), `schema.Problem{Code: codeOf(status), Msg: detail}`},
		"enum":       {object(field("Level", "level", code)), `schema.Problem{Level: schema.CodeGone}`},
		"constant":   {object(field("Type", "type", &ir.Type{Kind: ir.String, Enum: code.Enum[:1]})), `schema.Problem{}`},
		"optional":   {object(&ir.Field{Name: "Message", JSON: "message", Type: text}), `schema.Problem{Message: wire.Some(detail)}`},
		"union":      {object(field("Any", "any", &ir.Type{Kind: ir.Union})), ""},
		"items":      {object(field("List", "list", &ir.Type{Kind: ir.Array, Array: &ir.ArrayOf{Elem: text, MinItems: 1}})), ""},
		"nullable":   {object(field("Title", "other", &ir.Type{Kind: ir.String, Nullable: true}), field("Detail", "detail", &ir.Type{Kind: ir.String, Nullable: true})), `schema.Problem{Detail: wire.NonNull(detail)}`},
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
