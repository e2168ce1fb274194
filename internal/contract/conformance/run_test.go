package conformance

import (
	"strings"
	"testing"
)

// TestRunsFail has scripts that are wrong, which both runs must notice.
func TestRunsFail(t *testing.T) {
	t.Parallel()
	const opening = `
user ada
room arena by ada
open ada $arena bearer $ada.token
ada < {"type":"hello",...}
`
	tests := map[string]struct{ script, server, client string }{
		"another value": {
			`ada < {"type":"room.snapshot","data":{"version":?,"players":[]}}`,
			"/data/players: got ", "",
		},
		"another message": {
			`ada < {"type":"goodbye",...}`,
			`/type: got "room.snapshot", want "goodbye"`, "",
		},
		"not silent":         {`ada silent`, "want nothing", ""},
		"no close":           {`ada < close 4500`, "want close 4500", ""},
		"another connection": {`eve silent`, "eve is not open", "eve is not open"},
		"open twice":         {`open ada $arena`, "ada is open", "ada is open"},
		"another status":     {`rest ada GET /v1/rooms/$arena => 404`, "got 200 OK", ""},
		"another answer":     {`rest ada GET /v1/rooms/$arena => 200 {"players":9,...}`, "/players: got 1, want 9", ""},
		"undeclared call":    {`rest ada GET /v1/nothing => 404`, "no matching operation was found", ""},
		"accepted":           {`open eve $arena bearer $ada.token => 404 {...}`, "the handshake was accepted", ""},
		"unknown name":       {`ada > $nobody.token`, "$nobody.token stands for nothing", ""},
		"undeclared message": {
			`ada < {"type":"room.shapshot"}`,
			`want "room.shapshot"`, "the document has no example of this message",
		},
		"against the schema": {
			`ada < {"type":"room.snapshot","data":{"version":"","players":[]}}`,
			"/data/version: got ", "the script is against the contract",
		},
	}
	w, j := startWorld(t), newSpecJudge(t)
	for name, tt := range tests {
		steps, err := parseSteps(name, opening+tt.script)
		if err != nil {
			t.Fatal(err)
		}
		server, client := newServerRun(t, w), newClientRun(t, j)
		for side, run := range map[string]struct {
			do   func(any) error
			want string
		}{"server": {server.do, tt.server}, "client": {client.do, tt.client}} {
			var err error
			for _, step := range steps {
				if err = run.do(step.do); err != nil {
					break
				}
			}
			if run.want == "" && err != nil || run.want != "" && (err == nil || !strings.Contains(err.Error(), run.want)) {
				t.Errorf("%s, %s: %v, want %q", name, side, err, run.want)
			}
		}
		server.stop()
		client.stop()
	}
}
