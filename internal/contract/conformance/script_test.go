package conformance

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// script is one conversation.
type script struct {
	name  string // archive/file, without extensions
	steps []step
}

// step is one line of a script.
type step struct {
	at   string // file and line
	text string
	do   any // one of the types below
}

type (
	userStep struct{ names []string }
	roomStep struct {
		name, by string
		capacity int
	}
	openStep struct {
		conn, room string
		how        []option
		status     int // of the refusal, 0 where the connection opens
		body       string
	}
	expectStep struct {
		conn, pattern string
		times         int // 0 for once or more
		anywhere      bool
	}
	closedStep struct {
		conn string
		code int
	}
	silentStep struct{ conn string }
	skipStep   struct{ conn string }
	sendStep   struct{ conn, text string }
	// rawStep sends what a typed client can't send.
	rawStep struct {
		conn   string
		times  int
		binary bool
		data   string
	}
	endStep struct {
		conn string
		code int // 0 for none: the connection breaks
	}
	restStep struct {
		as, method, path, body string
		status                 int
		pattern                string
	}
	neverStep struct{ text string }
)

// option is a word of open with its value.
type option struct{ name, value string }

// loadScripts reads all transcripts.
func loadScripts(t *testing.T) []script {
	t.Helper()
	files, err := filepath.Glob("../../../api/conformance/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	var all []script
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		scripts, err := parseArchive(filepath.Base(file), archive)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, scripts...)
	}
	return all
}

func parseArchive(file string, a *txtar.Archive) ([]script, error) {
	if strings.TrimSpace(string(a.Comment)) == "" || len(a.Files) == 0 {
		return nil, fmt.Errorf("%s: want a comment and a script", file)
	}
	var all []script
	for _, f := range a.Files {
		s := script{name: strings.TrimSuffix(file, ".txtar") + "/" + strings.TrimSuffix(f.Name, filepath.Ext(f.Name))}
		var err error
		if s.steps, err = parseSteps(file+": "+f.Name, string(f.Data)); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

func parseSteps(file, text string) ([]step, error) {
	var steps []step
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.TrimSpace(line) == "" || line[0] == '#':
		case line[0] == ' ' || line[0] == '\t':
			if len(steps) == 0 {
				return nil, fmt.Errorf("%s:%d: there is no line to go on with", file, n)
			}
			steps[len(steps)-1].text += " " + strings.TrimSpace(line)
		default:
			steps = append(steps, step{at: fmt.Sprintf("%s:%d", file, n), text: line})
		}
	}
	for i := range steps {
		s := &steps[i]
		var err error
		if s.do, err = parseStep(s.text); err != nil {
			return nil, fmt.Errorf("%s: %q: %w", s.at, s.text, err)
		}
	}
	return steps, nil
}

func parseStep(line string) (any, error) {
	word, rest, _ := strings.Cut(line, " ")
	switch word {
	case "user":
		return userStep{strings.Fields(rest)}, nil
	case "room":
		return parseRoom(strings.Fields(rest))
	case "open":
		return parseOpen(rest)
	case "rest":
		return parseREST(rest)
	case "never":
		return neverStep{rest}, nil
	}
	verb, rest, _ := strings.Cut(rest, " ")
	switch verb {
	case "<":
		return parseExpect(word, rest)
	case "<~":
		return expectStep{conn: word, pattern: rest, times: 1, anywhere: true}, nil
	case ">":
		return sendStep{word, rest}, nil
	case "sends":
		return parseRaw(word, rest)
	case "silent":
		return silentStep{word}, nil
	case "skips":
		return skipStep{word}, nil
	case "drops":
		return endStep{conn: word}, nil
	case "closes":
		code, err := strconv.Atoi(rest)
		return endStep{word, code}, err
	}
	return nil, fmt.Errorf("there is no such line")
}

func parseRoom(words []string) (any, error) {
	r := roomStep{capacity: 10}
	if len(words) != 3 && len(words) != 5 || words[1] != "by" {
		return nil, fmt.Errorf("want room NAME by USER [capacity N]")
	}
	r.name, r.by = words[0], words[2]
	if len(words) == 5 {
		var err error
		if r.capacity, err = strconv.Atoi(words[4]); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func parseOpen(rest string) (any, error) {
	call, answer, refused := strings.Cut(rest, " => ")
	words := strings.Fields(call)
	if len(words) < 2 || len(words)%2 != 0 {
		return nil, fmt.Errorf("want open CONNECTION ROOM, and words with values")
	}
	o := openStep{conn: words[0], room: words[1]}
	for pair := range slices.Chunk(words[2:], 2) {
		if !slices.Contains([]string{"bearer", "header", "ticket", "origin", "contract", "protocol"}, pair[0]) {
			return nil, fmt.Errorf("there is no %s", pair[0])
		}
		o.how = append(o.how, option{pair[0], pair[1]})
	}
	var err error
	if refused {
		o.status, o.body, err = parseAnswer(answer)
	}
	return o, err
}

func parseREST(rest string) (any, error) {
	call, answer, ok := strings.Cut(rest, " => ")
	words := strings.SplitN(call, " ", 4)
	if !ok || len(words) < 3 {
		return nil, fmt.Errorf("want rest USER METHOD PATH [BODY] => STATUS [BODY]")
	}
	r := restStep{as: words[0], method: words[1], path: words[2]}
	if len(words) == 4 {
		r.body = words[3]
	}
	var err error
	r.status, r.pattern, err = parseAnswer(answer)
	return r, err
}

func parseAnswer(text string) (status int, pattern string, err error) {
	number, pattern, _ := strings.Cut(text, " ")
	status, err = strconv.Atoi(number)
	return status, pattern, err
}

func parseExpect(conn, rest string) (any, error) {
	if code, ok := strings.CutPrefix(rest, "close "); ok {
		n, err := strconv.Atoi(code)
		return closedStep{conn, n}, err
	}
	if pattern, many := strings.CutPrefix(rest, "many "); many {
		return expectStep{conn: conn, pattern: pattern}, nil
	}
	if number, pattern, ok := strings.Cut(rest, " times "); ok && !strings.HasPrefix(rest, "{") {
		n, err := strconv.Atoi(number)
		return expectStep{conn: conn, pattern: pattern, times: n}, err
	}
	return expectStep{conn: conn, pattern: rest, times: 1}, nil
}

func parseRaw(conn, rest string) (any, error) {
	r := rawStep{conn: conn, times: 1}
	how, data, _ := strings.Cut(rest, " ")
	switch how {
	case "binary":
		r.binary, r.data = true, data
		return r, nil
	case "bytes":
		var err error
		r.data, err = strconv.Unquote(data)
		return r, err
	}
	number, text, _ := strings.Cut(data, " ")
	if how == "padded" {
		n, err := strconv.Atoi(number)
		r.data = text + strings.Repeat(" ", max(n-len(text), 0))
		return r, err
	}
	var err error
	r.times, err = strconv.Atoi(how)
	if number != "times" {
		return nil, fmt.Errorf("want N times, binary, bytes or padded")
	}
	r.data = text
	return r, err
}
