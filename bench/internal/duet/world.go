//go:build linux

package duet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/duet-api/duet/bench/internal/job"
	"github.com/duet-api/duet/bench/internal/proc"
)

// World is the users and rooms of a server's data, kept from run to run:
// a password costs its server about 30 ms, twice a user.
type World struct {
	Dir     string    // the server's data
	Expires time.Time // of the users' tokens
	Users   []User
	Rooms   []string // ids
}

// User is logged in.
type User struct{ ID, Token string }

const (
	tokenLife = 24 * time.Hour
	spare     = 2 * time.Hour // of a token's life that must be left
	signups   = 4             // at a time
)

// Args are the arguments of a server with the world's data.
func (w *World) Args(binary string, more ...string) []string {
	return append([]string{
		binary, "-addr", "127.0.0.1:0", "-data", w.Dir, "-access-ttl", tokenLife.String(),
		"-trusted-proxies", "127.0.0.1/32", "-log-level", "warn",
	}, more...)
}

// Seats gives each of rooms × players a place. Where there are fewer users than
// that, one has a place in several rooms.
func (w *World) Seats(rooms, players int) []job.Seat {
	seats := make([]job.Seat, 0, rooms*players)
	for r := range rooms {
		for p := range players {
			u := w.Users[(r*players+p)%len(w.Users)]
			seats = append(seats, job.Seat{Room: w.Rooms[r], ID: u.ID, Token: u.Token})
		}
	}
	return seats
}

// Prepare opens the world in dir, or makes it, with so many users and rooms.
func Prepare(ctx context.Context, dir, binary string, users, rooms int) (*World, error) {
	w := &World{}
	path := filepath.Join(dir, "world.json")
	if b, err := os.ReadFile(path); err != nil || json.Unmarshal(b, w) != nil || time.Until(w.Expires) < spare {
		if err := os.RemoveAll(dir); err != nil {
			return nil, err
		}
		*w = World{Dir: filepath.Join(dir, "data"), Expires: time.Now().Add(tokenLife)}
	}
	if len(w.Users) >= users && len(w.Rooms) >= rooms {
		return w, nil
	}
	if err := os.MkdirAll(w.Dir, 0o755); err != nil {
		return nil, err
	}
	if err := w.grow(ctx, binary, users, rooms); err != nil {
		return nil, err
	}
	b, err := json.Marshal(w)
	if err != nil {
		return nil, err
	}
	return w, os.WriteFile(path, b, 0o600)
}

// grow signs up and logs in who is missing.
func (w *World) grow(ctx context.Context, binary string, users, rooms int) error {
	server, err := proc.Start(ctx, proc.Command{Args: w.Args(binary), Core: -1, Log: os.Stderr})
	if err != nil {
		return err
	}
	defer server.Kill()
	base, err := server.Line("listening on ", time.Minute)
	if err != nil {
		return err
	}
	s := &signup{base: base + "/v1", http: &http.Client{Timeout: time.Minute}}
	first := len(w.Users)
	w.Users = append(w.Users, make([]User, max(users-first, 0))...)
	todo := make(chan int)
	errs := make([]error, signups)
	var working sync.WaitGroup
	for k := range signups {
		working.Go(func() {
			for i := range todo {
				if errs[k] == nil {
					w.Users[i], errs[k] = s.user(ctx, i)
				}
			}
		})
	}
	for i := first; i < users; i++ {
		todo <- i
	}
	close(todo)
	working.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for i := len(w.Rooms); i < rooms; i++ {
		var room struct{ ID string }
		body := map[string]any{"name": fmt.Sprintf("bench-%04d", i), "capacity": 1000}
		if err := s.call(ctx, i, w.Users[i%len(w.Users)].Token, "/rooms", body, &room); err != nil {
			return err
		}
		w.Rooms = append(w.Rooms, room.ID)
	}
	return nil
}

// signup calls the server as a proxy of many addresses, since it limits sign-ups
// by address.
type signup struct {
	base string
	http *http.Client
}

func (s *signup) user(ctx context.Context, i int) (User, error) {
	login := map[string]any{"name": fmt.Sprintf("bench-%05d", i), "password": fmt.Sprintf("bench password %05d", i)}
	if err := s.call(ctx, i, "", "/users", login, &struct{}{}); err != nil {
		return User{}, err
	}
	var session struct {
		AccessToken string
		User        struct{ ID string }
	}
	err := s.call(ctx, i, "", "/sessions", login, &session)
	return User{session.User.ID, session.AccessToken}, err
}

func (s *signup) call(ctx context.Context, i int, token, path string, body, out any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.base+path, bytes.NewReader(b))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.1", i/256%256, i%256))
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := s.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusCreated {
		return fmt.Errorf("POST %s: %s: %s", path, resp.Status, answer)
	}
	return json.Unmarshal(answer, out)
}
