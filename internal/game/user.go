package game

import (
	"context"
	"fmt"
	"time"
)

// User is an account.
type User struct {
	ID        string
	Name      string
	CreatedAt time.Time // UTC, to the microsecond
}

// NewUser is a user to be stored. NameFold is what must be unique.
type NewUser struct {
	User
	NameFold     string
	PasswordHash Secret
}

// UserChange is what to store anew; an empty field stays as it is.
type UserChange struct {
	Name, NameFold string
	PasswordHash   Secret
	KeepSession    string // with PasswordHash: the only session of the user that goes on; the others end
}

// UserStore is the storage that [Users] needs. Each call is one transaction.
type UserStore interface {
	// CreateUser fails with CodeNameTaken where a user with that NameFold exists.
	CreateUser(ctx context.Context, u NewUser) error
	// UserByID fails with CodeUserNotFound.
	UserByID(ctx context.Context, id string) (User, error)
	// ListUsers returns the users of a range.
	ListUsers(ctx context.Context, r Range) ([]User, error)
	// UpdateUser returns the user as it is after the change. It fails with CodeUserNotFound or CodeNameTaken.
	UpdateUser(ctx context.Context, id string, c UserChange) (User, error)
	// DeleteUser deletes the user with its sessions, positions and the rooms that it created, and returns the ids of
	// those rooms. It fails with CodeUserNotFound.
	DeleteUser(ctx context.Context, id string) (rooms []string, err error)
}

// Passwords hashes passwords. It bounds how many it hashes at a time and fails with CodeUnavailable above that.
type Passwords interface {
	Hash(ctx context.Context, password Secret) (hash Secret, err error)
	// Verify takes the same time for an empty hash, of a user that does not exist, and never matches it.
	Verify(ctx context.Context, hash, password Secret) (Verdict, error)
}

// Verdict is the outcome of a verification.
type Verdict struct {
	Match  bool
	Rehash bool // it matches, but the hash was made with parameters that are not used any more
}

// UsersConfig holds what [Users] works with. All but Now is required.
type UsersConfig struct {
	Store     UserStore
	Passwords Passwords
	Bus       Bus
	Rooms     *Rooms
	Now       func() time.Time // default time.Now
}

// Users creates and changes users. Its methods may be called concurrently.
type Users struct {
	cfg UsersConfig
}

// NewUsers returns the service for users.
func NewUsers(c UsersConfig) *Users {
	c.Now = clock(c.Now)
	return &Users{cfg: c}
}

// Create makes a user. It fails with CodeInvalidRequest, CodeNameTaken or CodeUnavailable.
func (s *Users) Create(ctx context.Context, name string, password Secret) (User, error) {
	if err := CheckName(name); err != nil {
		return User{}, err
	}
	hash, err := s.hash(ctx, password)
	if err != nil {
		return User{}, err
	}
	now := stamp(s.cfg.Now())
	u := NewUser{User: User{ID: NewID(), Name: name, CreatedAt: now}, NameFold: FoldName(name), PasswordHash: hash}
	if err := s.cfg.Store.CreateUser(ctx, u); err != nil {
		return User{}, fmt.Errorf("create user: %w", err)
	}
	return u.User, nil
}

// Get returns a user, or fails with CodeUserNotFound.
func (s *Users) Get(ctx context.Context, id string) (User, error) {
	u, err := s.cfg.Store.UserByID(ctx, id)
	if err != nil {
		return User{}, fmt.Errorf("get user: %w", err)
	}
	return u, nil
}

// List returns a page of all users, or fails with CodeInvalidRequest.
func (s *Users) List(ctx context.Context, p PageRequest) (Page[User], error) {
	r, err := p.resolve()
	if err != nil {
		return Page[User]{}, err
	}
	users, err := s.cfg.Store.ListUsers(ctx, r)
	if err != nil {
		return Page[User]{}, fmt.Errorf("list users: %w", err)
	}
	return cut(users, r, func(u User) string { return u.Name }), nil
}

// UserUpdate is what a user changes about itself; an empty field stays as it is.
type UserUpdate struct {
	Name     string
	Password Secret // a new one ends all other sessions of the user
}

// Update changes a user on behalf of by, who must be that user: CodeForbidden otherwise. Players in rooms keep the name
// under which they joined. It also fails with CodeInvalidRequest, CodeNameTaken, CodeUserNotFound or CodeUnavailable.
func (s *Users) Update(ctx context.Context, by Identity, id string, u UserUpdate) (User, error) {
	if by.User.ID != id {
		return User{}, NewError(CodeForbidden, "a user may change only itself")
	}
	c, err := s.change(ctx, u)
	if err != nil {
		return User{}, err
	}
	if c.PasswordHash != "" {
		c.KeepSession = by.SessionID
	}
	user, err := s.cfg.Store.UpdateUser(ctx, id, c)
	if err != nil {
		return User{}, fmt.Errorf("update user: %w", err)
	}
	if c.PasswordHash != "" {
		s.cfg.Bus.PublishRevocation(Revocation{UserID: id, Keep: by.SessionID})
	}
	return user, nil
}

// change checks an update and turns it into what is stored.
func (s *Users) change(ctx context.Context, u UserUpdate) (c UserChange, err error) {
	if u.Name != "" {
		if err := CheckName(u.Name); err != nil {
			return UserChange{}, err
		}
		c.Name, c.NameFold = u.Name, FoldName(u.Name)
	}
	if u.Password != "" {
		c.PasswordHash, err = s.hash(ctx, u.Password)
	}
	return c, err
}

// Delete deletes a user on behalf of by, who must be that user: CodeForbidden otherwise. Its sessions end, its players
// leave their rooms, and the rooms that it created are deleted, since nobody else could ever delete them.
func (s *Users) Delete(ctx context.Context, by Identity, id string) error {
	if by.User.ID != id {
		return NewError(CodeForbidden, "a user may delete only itself")
	}
	rooms, err := s.cfg.Store.DeleteUser(ctx, id)
	if err != nil {
		return fmt.Errorf("delete user: %w", err)
	}
	s.cfg.Bus.PublishRevocation(Revocation{UserID: id, Deleted: true})
	for _, room := range rooms {
		s.cfg.Rooms.closeDeleted(room)
	}
	return nil
}

func (s *Users) hash(ctx context.Context, password Secret) (Secret, error) {
	if err := checkPassword(password); err != nil {
		return "", err
	}
	hash, err := s.cfg.Passwords.Hash(ctx, normalize(password))
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return hash, nil
}

func clock(now func() time.Time) func() time.Time {
	if now == nil {
		return time.Now
	}
	return now
}

// stamp is what a time looks like after it was stored.
func stamp(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
