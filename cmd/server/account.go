package main

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/duet-api/duet/gen/client"
	"github.com/duet-api/duet/gen/schema"
)

// botKey is the secret from which the bots' passwords follow, so that they find their users again after a restart. It
// is kept beside the database.
type botKey string

const botKeyFile = "bots"

// openBotKey reads the key, or makes it where there is none.
func openBotKey(dir string) (botKey, error) {
	path := filepath.Join(dir, botKeyFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		text = []byte(rand.Text() + rand.Text()) // 256 bits
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		return "", fmt.Errorf("bots' key: %w", err)
	}
	if len(text) < 32 {
		return "", fmt.Errorf("bots' key: %s is damaged: delete it", path)
	}
	return botKey(text), nil
}

// accounts are the logins that a bot may have: bot-1 and, where somebody else has that name, one that nobody has.
func (k botKey) accounts(number int) []schema.SessionCreate {
	name := fmt.Sprintf("bot-%d", number)
	return []schema.SessionCreate{
		{Name: name, Password: k.derive(name)},
		{Name: name + "-" + k.derive("name")[:8], Password: k.derive("other " + name)},
	}
}

// derive returns 64 hexadecimal digits that tell nothing of the key.
func (k botKey) derive(what string) string {
	mac := hmac.New(sha256.New, []byte(k))
	mac.Write([]byte(what)) // never fails
	return hex.EncodeToString(mac.Sum(nil))
}

// logIn returns a client that is logged in. The first time it finds out which user is the bot's, and signs it up.
func (b *bot) logIn(ctx context.Context) (*client.Client, schema.User, error) {
	b.login.Lock()
	defer b.login.Unlock()
	c, err := client.New(b.url, b.options)
	if err != nil {
		return nil, schema.User{}, err
	}
	if b.account.Name != "" {
		session, err := c.CreateSession(ctx, b.account)
		return c, session.User, err
	}
	for _, account := range b.key.accounts(b.number) {
		session, err := enter(ctx, c, account)
		if refused(err, schema.ErrorCodeNameTaken) {
			continue
		}
		if err == nil {
			b.account = account
		}
		return c, session.User, err
	}
	return nil, schema.User{}, errors.New("other users have all of the bot's names")
}

// enter logs in, and signs up first where that is needed. The user is somebody else's where it fails with name_taken.
func enter(ctx context.Context, c *client.Client, account schema.SessionCreate) (schema.Session, error) {
	session, err := c.CreateSession(ctx, account)
	if !refused(err, schema.ErrorCodeInvalidCredentials) {
		return session, err
	}
	if _, err := c.CreateUser(ctx, schema.UserCreate(account)); err != nil {
		return session, err
	}
	return c.CreateSession(ctx, account)
}

// refused reports whether the server answered with this code.
func refused(err error, code schema.ErrorCode) bool {
	var e *client.Error
	return errors.As(err, &e) && e.Problem.Code == code
}
