package game_test

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/duet-api/duet/internal/game"
)

func TestError(t *testing.T) {
	t.Parallel()
	full := game.NewError(game.CodeRoomFull, "the room is full")
	wrapped := fmt.Errorf("join: %w", fmt.Errorf("room: %w", full))
	tests := []struct {
		name string
		err  error
		want game.Code
	}{
		{"none", nil, ""},
		{"itself", full, game.CodeRoomFull},
		{"wrapped", wrapped, game.CodeRoomFull},
		{"joined", errors.Join(errors.New("x"), full), game.CodeRoomFull},
		{"unknown", errors.New("disk full"), game.CodeInternal},
	}
	for _, tt := range tests {
		if got := game.CodeOf(tt.err); got != tt.want {
			t.Errorf("%s: code %q, want %q", tt.name, got, tt.want)
		}
	}
	if !errors.Is(wrapped, &game.Error{Code: game.CodeRoomFull}) || errors.Is(wrapped, &game.Error{Code: game.CodeForbidden}) {
		t.Error("errors.Is does not go by the code")
	}
}

// The contract is where codes, reasons and the rule for names come from.
func TestContract(t *testing.T) {
	t.Parallel()
	schema := func(name string) string {
		t.Helper()
		data, err := os.ReadFile("../../api/schemas/" + name)
		must(t, err)
		return string(data)
	}
	listed := func(list, word string) bool {
		return regexp.MustCompile(`[\[ ]` + regexp.QuoteMeta(word) + `(,|\]|\n)`).MatchString(list)
	}
	codes := schema("error-code.yaml")
	for _, c := range []game.Code{
		game.CodeInternal, game.CodeInvalidRequest, game.CodeInvalidCredentials, game.CodeInvalidToken, game.CodeTokenExpired,
		game.CodeTokenRevoked, game.CodeInvalidTicket, game.CodeForbidden, game.CodeUserNotFound, game.CodeRoomNotFound,
		game.CodeNameTaken, game.CodeRoomFull, game.CodeRateLimited, game.CodeTooManyLogins, game.CodeUnavailable,
	} {
		if !listed(codes, string(c)) {
			t.Errorf("error-code.yaml does not list %q", c)
		}
	}
	reasons := schema("leave-reason.yaml")
	for r := game.ReasonLeft; r <= game.ReasonUserDeleted; r++ {
		if !listed(reasons, r.String()) {
			t.Errorf("leave-reason.yaml does not list %q", r)
		}
	}
	pattern := regexp.MustCompile(`pattern: '(.*)'`).FindStringSubmatch(schema("name.yaml"))
	if pattern == nil {
		t.Fatal("name.yaml has no pattern")
	}
	name := regexp.MustCompile(pattern[1])
	for r := rune(0); r < 0x250; r++ {
		for _, s := range []string{string(r) + "bc", "a" + string(r) + "c", "ab" + string(r)} {
			if got, want := game.CheckName(s) == nil, name.MatchString(s); got != want {
				t.Errorf("CheckName(%q) is fine: %v; the contract's pattern matches: %v", s, got, want)
			}
		}
	}
}

func TestReasonString(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for r := game.Reason(0); r <= game.ReasonRoomGone+1; r++ {
		seen[r.String()] = true
	}
	if len(seen) != int(game.ReasonRoomGone)+1 || !seen["unknown"] {
		t.Errorf("the reasons are %v", seen)
	}
}

func TestRevocationCovers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name          string
		r             game.Revocation
		user, session string
		want          bool
	}{
		{"one session", game.Revocation{UserID: "u", Session: "s"}, "u", "s", true},
		{"one session, another", game.Revocation{UserID: "u", Session: "s"}, "u", "t", false},
		{"one session, another user's", game.Revocation{UserID: "u", Session: "s"}, "v", "s", false},
		{"all", game.Revocation{UserID: "u"}, "u", "s", true},
		{"all, another user's", game.Revocation{UserID: "u"}, "v", "s", false},
		{"all but one", game.Revocation{UserID: "u", Keep: "t"}, "u", "s", true},
		{"all but this one", game.Revocation{UserID: "u", Keep: "s"}, "u", "s", false},
		{"all, and no session", game.Revocation{UserID: "u"}, "u", "", true},
	}
	for _, tt := range tests {
		if got := tt.r.Covers(tt.user, tt.session); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func FuzzParseVersion(f *testing.F) {
	for _, s := range []string{"", "-", "0-0", "1-1", "3w5e11264sgsf-3w5e11264sgsf", "A-1", "01-1", "1-1-1", "+1-1", "zzzzzzzzzzzzzzz-1"} {
		f.Add(s)
	}
	safe := regexp.MustCompile(`^[A-Za-z0-9._~-]{1,64}$`) // api/schemas/version.yaml
	f.Fuzz(func(t *testing.T, s string) {
		v, ok := game.ParseVersion(s)
		if !ok {
			if !v.IsZero() {
				t.Errorf("%q is refused and yields %v", s, v)
			}
			return
		}
		if v.String() != s || !safe.MatchString(s) {
			t.Errorf("%q is read as %q", s, v)
		}
		b, err := v.AppendText([]byte("x="))
		if err != nil || string(b) != "x="+s {
			t.Errorf("AppendText: %q, %v", b, err)
		}
	})
}

func TestParseVersion(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"0-0": true, "1y-z": true, "3w5e11264sgsf-3w5e11264sgsf": true, // the largest
		"3w5e11264sgsg-0": false, "": false, "-": false, "1": false, "1-": false, "-1": false, "A-1": false, "01-1": false,
		"1-1-1": false, "+1-1": false, " 1-1": false, strings.Repeat("1", 1000) + "-1": false,
	} {
		if _, ok := game.ParseVersion(s); ok != want {
			t.Errorf("ParseVersion(%q) is fine: %v, want %v", s, ok, want)
		}
	}
}
