//go:build linux

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/duet-api/duet/bench/internal/job"
)

// caller is one connection.
type caller struct {
	addr  string
	seats []job.Seat // the users that it speaks for
	calls int
	conn  net.Conn
	in    *bufio.Reader
	x     int // of its last position

	kind          job.Kind
	before, after string // versions of the room, with one move between them
	up, down      int64  // bytes
	took          []time.Duration
}

func dial(addr string, seats []job.Seat) (*caller, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	c := &caller{addr: addr, seats: seats, conn: conn}
	c.in = bufio.NewReader(counting{c})
	return c, nil
}

// counting counts what a caller reads.
type counting struct{ c *caller }

// Read implements io.Reader.
func (r counting) Read(p []byte) (int, error) {
	n, err := r.c.conn.Read(p)
	r.c.down += int64(n)
	return n, err
}

// callEvery calls once a period from the time first on, or as soon as it is
// answered, until end.
func (c *caller) callEvery(period time.Duration, first, end time.Time) error {
	for at := first; at.Before(end) && time.Now().Before(end); at = at.Add(period) {
		time.Sleep(time.Until(at))
		request := c.request()
		begin := time.Now()
		status, err := c.call(request)
		if err != nil {
			return err
		}
		c.took = append(c.took, time.Since(begin))
		if want := map[bool]int{true: http.StatusNotModified, false: http.StatusOK}[c.kind == job.Same]; status != want {
			return fmt.Errorf("%s: status %d, want %d", c.kind, status, want)
		}
	}
	return nil
}

// request is the next call.
func (c *caller) request() string {
	switch c.kind {
	case job.Full:
		return c.get("", "")
	case job.Since:
		return c.get("?since="+c.before, "")
	case job.Same:
		return c.get("", `If-None-Match: "`+c.after+`"`)
	}
	return c.put()
}

func (c *caller) put() string {
	c.x++
	body := fmt.Sprintf(`{"position":{"x":%d.25,"y":%d},"seq":%d}`, 1000+c.x, c.x%100, c.x)
	return c.head("PUT", "/players/me", "Content-Type: application/json", fmt.Sprintf("Content-Length: %d", len(body))) + body
}

func (c *caller) get(query, header string) string { return c.head("GET", "/players"+query, header) }

// head is a request's first line and the headers that a browser sends with
// fetch, besides those given.
func (c *caller) head(method, path string, headers ...string) string {
	s := c.seats[c.calls%len(c.seats)]
	c.calls++
	lines := []string{
		method + " /v1/rooms/" + s.Room + path + " HTTP/1.1",
		"Host: " + c.addr,
		"Connection: keep-alive",
		"Authorization: Bearer " + s.Token,
		`sec-ch-ua-platform: "Linux"`,
		"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
		`sec-ch-ua: "Chromium";v="140", "Not=A?Brand";v="24", "Google Chrome";v="140"`,
		"sec-ch-ua-mobile: ?0",
		"Accept: */*",
		"Origin: http://" + c.addr,
		"Sec-Fetch-Site: same-origin",
		"Sec-Fetch-Mode: cors",
		"Sec-Fetch-Dest: empty",
		"Referer: http://" + c.addr + "/",
		"Accept-Encoding: gzip, deflate, br, zstd",
		"Accept-Language: en-GB,en;q=0.9",
	}
	for _, h := range headers {
		if h != "" {
			lines = append(lines, h)
		}
	}
	return strings.Join(lines, "\r\n") + "\r\n\r\n"
}

// call sends a request and reads the response.
func (c *caller) call(request string) (status int, err error) {
	status, body, err := c.exchange(request)
	if err == nil && status >= http.StatusBadRequest {
		err = fmt.Errorf("status %d: %s", status, body)
	}
	return status, err
}

func (c *caller) exchange(request string) (status int, body []byte, err error) {
	n, err := io.WriteString(c.conn, request)
	c.up += int64(n)
	if err != nil {
		return 0, nil, err
	}
	resp, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(resp.Body)
	return resp.StatusCode, body, err
}

// version asks for the room's version.
func (c *caller) version() (string, error) {
	_, body, err := c.exchange(c.get("", ""))
	if err != nil {
		return "", err
	}
	var list struct{ Version string }
	err = json.Unmarshal(body, &list)
	return list.Version, err
}
