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
