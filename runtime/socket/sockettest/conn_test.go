package sockettest

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

func TestConnBuffer(t *testing.T) {
	t.Parallel()
	a, b := Pipe(4)
	if n, err := a.TryWrite([][]byte{[]byte("ab"), []byte("cdef"), []byte("g")}); n != 4 || err != nil {
		t.Errorf("TryWrite = %d, %v; want 4", n, err)
	}
	if n, err := a.TryWrite([][]byte{[]byte("x")}); n != 0 || err != nil || a.Unread() != 4 {
		t.Errorf("TryWrite into a full buffer = %d, %v; %d unread", n, err, a.Unread())
	}
	done := make(chan error)
	go func() {
		_, err := a.Write([]byte("0123456789"))
		_ = a.Close()
		done <- err
	}()
	got, err := io.ReadAll(b)
	if string(got) != "abcd0123456789" || err != nil || <-done != nil {
		t.Errorf("read %q, %v", got, err)
	}
	if _, err := b.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Write to a closed peer: %v", err)
	}
}

func TestConnDeadlines(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b := Pipe(1)
		start := time.Now()
		_ = b.SetReadDeadline(start.Add(time.Second))
		if _, err := b.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("Read: %v after %v", err, time.Since(start))
		}
		_ = a.SetWriteDeadline(start.Add(3 * time.Second))
		if n, err := a.Write([]byte("xy")); n != 1 || !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) != 3*time.Second {
			t.Errorf("Write = %d, %v after %v", n, err, time.Since(start))
		}
		_ = b.SetReadDeadline(time.Time{})
		if n, err := b.Read(make([]byte, 9)); n != 1 || err != nil {
			t.Errorf("Read without a deadline = %d, %v", n, err)
		}
	})
}

func TestListenerClosed(t *testing.T) {
	t.Parallel()
	l := Listen()
	_ = l.Close()
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept: %v", err)
	}
	if _, err := l.Dial(t.Context(), "", ""); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Dial: %v", err)
	}
}
