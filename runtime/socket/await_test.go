package socket

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestReadAhead sends frames of all kinds, joined and cut anywhere: each is
// handled, in order, whether it is awaited or gorilla has read it ahead.
func TestReadAhead(t *testing.T) {
	t.Parallel()
	frame := func(first byte, payload string) []byte {
		b := appendHeader(nil, opText, len(payload))
		b[0] = first
		at := len(b)
		return maskFrame(append(b, payload...), 0, at)
	}
	say := func(text string) []byte { return frame(finalBit|opText, `{"type":"say","text":"`+text+`"}`) }
	var sent []byte
	for i := range 4 {
		for _, b := range [][]byte{
			say(fmt.Sprint("a", i)),
			frame(finalBit|opPong, "nobody asked"),
			frame(finalBit|opPing, ""),
			frame(opText, `{"type":"say",`), frame(finalBit|opPing, strings.Repeat("p", maxControl)), frame(finalBit, fmt.Sprintf(`"text":"b%d"}`, i)),
			frame(finalBit|opPong, ""),
			say(strings.Repeat("c", 700) + fmt.Sprint(i)),
		} {
			sent = append(sent, b...)
		}
	}
	want := make([]string, 0, 12)
	for i := range 4 {
		want = append(want, fmt.Sprint("a", i), fmt.Sprint("b", i), strings.Repeat("c", 700)+fmt.Sprint(i))
	}
	for _, tt := range transports {
		for _, size := range []int{1, 7, 256, 289, len(sent)} {
			t.Run(fmt.Sprint(tt.name, size), func(t *testing.T) {
				t.Parallel()
				texts := make(chan string, len(want))
				h := &testHandler{receive: func(_ *testConn, _ int, m message) error {
					texts <- m.Text
					return nil
				}}
				s := startServer(NewServer(testProtocol(), h, &ServerOptions{Portable: tt.portable}), tt.tls)
				defer s.Close()
				nc := dialRaw(t, s, tt.tls, 32<<10)
				defer nc.Close()
				upgradeRaw(t, nc, "a")
				for rest := sent; len(rest) > 0; {
					n, err := nc.Write(rest[:min(size, len(rest))])
					if err != nil {
						t.Fatal(err)
					}
					rest = rest[n:]
				}
				got := make([]string, 0, len(want))
				for range want {
					got = append(got, <-texts)
				}
				if d := cmp.Diff(want, got); d != "" {
					t.Error(d)
				}
			})
		}
	}
}
