package server_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/duet-api/duet/gen/client"
	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/internal/server"
)

// play joins the lobby, moves, and waits until somebody else has moved.
func play(ctx context.Context, baseURL string, login schema.SessionCreate) error {
	c, err := client.Login(ctx, baseURL, login, nil)
	if err != nil {
		return err
	}
	name := "lobby"
	rooms, err := c.ListRooms(ctx, &client.ListRoomsParams{Name: &name}) // over REST
	if err != nil {
		return err
	}
	room, err := c.Room(ctx, rooms.Items[0].ID) // the same login on a socket
	if err != nil {
		return err
	}
	defer room.Close()
	here := schema.PlayerUpdateData{Position: schema.Position{X: 1, Y: 2}}
	if err := room.PlayerUpdate(ctx, schema.PlayerUpdate{Data: here}); err != nil {
		return err
	}
	for event, err := range room.Events(ctx) { // comes back by itself
		if err != nil {
			return err
		}
		switch e := event.(type) {
		case schema.RoomSnapshot:
			fmt.Println(len(e.Data.Players), "players are here")
		case schema.PlayersUpdated:
			fmt.Println("somebody moved to", e.Data.Players[0].Position.X, e.Data.Players[0].Position.Y)
			return nil
		}
	}
	return nil
}

// Example plays in a server of its own.
func Example() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	data, err := os.MkdirTemp("", "duet-example-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(data)
	s, err := server.New(ctx, server.Config{Addr: "127.0.0.1:0", Data: data})
	if err != nil {
		log.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- errors.Join(s.Run(ctx), s.Close()) }()

	answer(ctx, s, signUp(ctx, s, "bob"))
	if err := play(ctx, s.URL(), signUp(ctx, s, "ada")); err != nil {
		log.Fatal(err)
	}
	stop()
	if err := <-ended; err != nil {
		log.Fatal(err)
	}
	// Output:
	// 2 players are here
	// somebody moved to 3 4
}

// signUp makes a user.
func signUp(ctx context.Context, s *server.Server, name string) schema.SessionCreate {
	c, err := client.New(s.URL(), nil)
	if err != nil {
		log.Fatal(err)
	}
	login := schema.SessionCreate{Name: name, Password: "correct horse battery"}
	if _, err := c.CreateUser(ctx, schema.UserCreate(login)); err != nil {
		log.Fatal(err)
	}
	return login
}

// answer joins the lobby, and moves when somebody else does.
func answer(ctx context.Context, s *server.Server, login schema.SessionCreate) {
	c, err := client.Login(ctx, s.URL(), login, nil)
	if err != nil {
		log.Fatal(err)
	}
	room, err := c.Room(ctx, s.Lobby())
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		defer room.Close()
		for event, err := range room.Events(ctx) {
			if err != nil {
				return // the server has ended
			}
			if _, ok := event.(schema.PlayersUpdated); ok {
				there := schema.PlayerUpdateData{Position: schema.Position{X: 3, Y: 4}}
				if err := room.PlayerUpdate(ctx, schema.PlayerUpdate{Data: there}); err != nil {
					return
				}
			}
		}
	}()
}
