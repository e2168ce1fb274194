package main

import (
	"bufio"
	"context"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"

	"github.com/duet-api/duet/gen/client"
	"github.com/duet-api/duet/gen/schema"
)

// asServer is set where the test binary is to be the server.
const asServer = "TEST_AS_SERVER"

func TestMain(m *testing.M) {
	if os.Getenv(asServer) != "" {
		main()
	}
	os.Exit(m.Run())
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		args      []string
		environ   []string
		code      int
		out, errs string // a part of it; "" for nothing
	}{
		{"help", []string{"-help"}, nil, 0, "DUET_FLUSH_INTERVAL; default 0s", ""},
		{"unknown flag", []string{"-port", "1"}, nil, 2, "", "server: flag provided but not defined: -port (-help explains)\n"},
		{"wrong value", []string{"-bots", "x"}, nil, 2, "", "server: invalid value \"x\" for flag -bots: want a whole number (-help explains)\n"},
		{"wrong variable", nil, []string{"DUET_BOTS=501"}, 2, "", "server: -bots (DUET_BOTS): 501 is not between 0 and 500 (-help explains)\n"},
		{"no such address", []string{"-addr", "192.0.2.1:0", "-data", t.TempDir()}, nil, 1, "", "server: listen on 192.0.2.1:0"},
		{"unknown variable", []string{"-addr", "192.0.2.1:0"}, []string{"DUET_PORT=1"}, 1, "", "unknown variable DUET_PORT"},
		{"help of watch", []string{"watch", "-help"}, nil, 0, "", "server watch"},
	}
	for _, tt := range tests {
		var out, errs strings.Builder
		code := run(t.Context(), program{args: tt.args, environ: tt.environ, out: &out, errs: &errs})
		if code != tt.code {
			t.Errorf("%s: exit code %d, want %d", tt.name, code, tt.code)
		}
		for what, x := range map[string][2]string{"stdout": {tt.out, out.String()}, "stderr": {tt.errs, errs.String()}} {
			if !strings.Contains(x[1], x[0]) || x[0] == "" && x[1] != "" {
				t.Errorf("%s: %s is %q, want %q", tt.name, what, x[1], x[0])
			}
		}
	}
}

// process is a server in a process of its own.
type process struct {
	t   *testing.T
	cmd *exec.Cmd
	url string
}

func startProcess(t *testing.T, args ...string) *process {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot be asked to stop")
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, os.Args[0], append([]string{"-addr", "127.0.0.1:0"}, args...)...)
	cmd.Env = append(os.Environ(), asServer+"=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	url, ok := strings.CutPrefix(line, "listening on ")
	if err != nil || !ok {
		t.Fatalf("the first line is %q, %v", line, err)
	}
	return &process{t, cmd, strings.TrimSpace(url)}
}

// end waits for the process and returns its exit code.
func (p *process) end() int {
	p.t.Helper()
	err := p.cmd.Wait()
	if e := (*exec.ExitError)(nil); err != nil && !errors.As(err, &e) {
		p.t.Fatal(err)
	}
	return p.cmd.ProcessState.ExitCode()
}

// lobby returns a client that is logged in, and the lobby.
func (p *process) lobby() (*client.Client, schema.Room) {
	p.t.Helper()
	c, err := client.New(p.url, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	const password = "correct horse battery"
	if _, err := c.CreateUser(p.t.Context(), schema.UserCreate{Name: "ada", Password: password}); err != nil {
		p.t.Fatal(err)
	}
	if _, err := c.CreateSession(p.t.Context(), schema.SessionCreate{Name: "ada", Password: password}); err != nil {
		p.t.Fatal(err)
	}
	rooms, err := c.ListRooms(p.t.Context(), nil)
	if err != nil || len(rooms.Items) != 1 {
		p.t.Fatalf("the rooms are %+v, %v", rooms, err)
	}
	return c, rooms.Items[0]
}

// TestSignal stops a server under an open socket: goodbye, close 4003, exit code 0.
func TestSignal(t *testing.T) {
	t.Parallel()
	for _, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		p := startProcess(t, "-data", t.TempDir())
		c, lobby := p.lobby()
		token, err := c.Token(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		header := http.Header{"Authorization": {"Bearer " + token}, "Sec-Websocket-Protocol": {"duet.v1"}}
		ws, _, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(p.url, "http")+"/v1/rooms/"+lobby.ID+"/socket", header)
		if err != nil {
			t.Fatal(err)
		}
		defer ws.Close()
		var got []string
		for {
			_, frame, err := ws.ReadMessage()
			if closed := (*websocket.CloseError)(nil); errors.As(err, &closed) {
				got = append(got, closed.Error()[:len("websocket: close 4003")])
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			_, text, _ := strings.Cut(string(frame), `"type":"`)
			name, _, _ := strings.Cut(text, `"`)
			if got = append(got, name); name == "room.snapshot" {
				if err := p.cmd.Process.Signal(signal); err != nil {
					t.Fatal(err)
				}
			}
		}
		if d := cmp.Diff([]string{"hello", "room.snapshot", "goodbye", "websocket: close 4003"}, got); d != "" {
			t.Errorf("%v (-want +got):\n%s", signal, d)
		}
		if code := p.end(); code != 0 {
			t.Errorf("%v: exit code %d, want 0", signal, code)
		}
	}
}

// TestSecondSignal signals again and again a server that waits for a client who does not answer its close.
func TestSecondSignal(t *testing.T) {
	t.Parallel()
	p := startProcess(t, "-data", t.TempDir(), "-grace", "1m")
	_, lobby := p.lobby()
	dialer := &websocket.Dialer{Subprotocols: []string{"duet.v1"}}
	ws, _, err := dialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(p.url, "http")+"/v1/rooms/"+lobby.ID+"/socket", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	ended := make(chan int)
	go func() { ended <- p.end() }()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		select {
		case code := <-ended:
			if code != exitFailed {
				t.Errorf("exit code %d, want %d", code, exitFailed)
			}
			return
		case <-again.C:
			_ = p.cmd.Process.Signal(syscall.SIGTERM) // until it has ended
		}
	}
}
