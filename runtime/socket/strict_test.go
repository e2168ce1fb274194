package socket

import (
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"
)

// rawFrame is one frame as a strict peer reads it.
type rawFrame struct {
	op      byte
	masked  bool
	payload []byte
}

var errShort = errors.New("short frame")

// parseFrame reads one frame and refuses everything that RFC 6455 section 5
// forbids and this package never sends, such as fragments and long lengths for
// short payloads.
func parseFrame(b []byte) (f rawFrame, rest []byte, err error) {
	if len(b) < 2 {
		return f, b, errShort
	}
	if b[0]&0x70 != 0 || b[0]&finalBit == 0 {
		return f, b, fmt.Errorf("first byte %#x", b[0])
	}
	f.op, f.masked = b[0]&0xF, b[1]&maskBit != 0
	n, h := uint64(b[1]&0x7F), 2
	switch {
	case n == 126 && len(b) >= 4:
		n, h = uint64(binary.BigEndian.Uint16(b[2:])), 4
		if n < 126 {
			return f, b, fmt.Errorf("length %d in 16 bits", n)
		}
	case n == 127 && len(b) >= 10:
		n, h = binary.BigEndian.Uint64(b[2:]), 10
		if n <= 0xFFFF {
			return f, b, fmt.Errorf("length %d in 64 bits", n)
		}
	case n >= 126:
		return f, b, errShort
	}
	var key [4]byte
	if f.masked {
		if len(b) < h+4 {
			return f, b, errShort
		}
		key = [4]byte(b[h:])
		h += 4
	}
	if uint64(len(b)-h) < n {
		return f, b, errShort
	}
	f.payload = append([]byte(nil), b[h:h+int(n)]...)
	mask(key, f.payload)
	return f, b[h+int(n):], f.check()
}

func (f *rawFrame) check() error {
	switch f.op {
	case opText:
		if !utf8.Valid(f.payload) {
			return errors.New("text is not UTF-8")
		}
	case opPing, opPong, opClose:
		if len(f.payload) > maxControl {
			return fmt.Errorf("control frame of %d bytes", len(f.payload))
		}
		if f.op == opClose && len(f.payload) == 1 {
			return errors.New("close frame of one byte")
		}
	default:
		return fmt.Errorf("opcode %d", f.op)
	}
	return nil
}

// upgradeRaw shakes hands on a raw connection, with extra header lines.
func upgradeRaw(t testing.TB, nc net.Conn, name string, header ...string) {
	t.Helper()
	fmt.Fprintf(nc, "GET /?name=%s HTTP/1.1\r\nHost: host\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n%s\r\n", name, strings.Join(header, ""))
	var head []byte
	for one := make([]byte, 1); !strings.HasSuffix(string(head), "\r\n\r\n"); head = append(head, one[0]) {
		if _, err := nc.Read(one); err != nil {
			t.Fatalf("handshake: %v", err)
		}
	}
	if !strings.HasPrefix(string(head), "HTTP/1.1 101 ") {
		t.Fatalf("handshake answered %s", short(string(head)))
	}
}

// nextFrame reads one frame from a raw connection, a byte at a time.
func nextFrame(t testing.TB, nc net.Conn) rawFrame {
	t.Helper()
	var have []byte
	for one := make([]byte, 1); ; have = append(have, one[0]) {
		f, _, err := parseFrame(have)
		if err == nil {
			return f
		}
		if err != errShort {
			t.Fatalf("frame: %v", err)
		}
		if _, err := nc.Read(one); err != nil {
			t.Fatalf("reading a frame: %v", err)
		}
	}
}

// acceptKey answers a handshake (RFC 6455 section 4.2.2).
func acceptKey(r *http.Request) string {
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}
