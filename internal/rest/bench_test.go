package rest_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/duet-api/duet/gen/restapi"
	"github.com/duet-api/duet/gen/schema"
)

// echo answers createRoom from memory. The other operations are not called.
type echo struct{ restapi.StrictServerInterface }

func (echo) CreateRoom(_ context.Context, r restapi.CreateRoomRequestObject) (restapi.CreateRoomResponseObject, error) {
	return restapi.CreateRoom201JSONResponse{Body: made(r.Body.Name, r.Body.Capacity)}, nil
}

func made(name string, capacity int32) schema.Room {
	return schema.Room{ID: nobody, Name: name, Capacity: capacity}
}

// unvalidated does the same by hand with encoding/json, checking nothing.
func unvalidated(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Name     string `json:"name"`
		Capacity int32  `json:"capacity"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	m := made(in.Name, in.Capacity)
	out := struct {
		ID        string `json:"id"`
		Name      string `json:"name"`
		Capacity  int32  `json:"capacity"`
		Players   int32  `json:"players"`
		CreatedAt string `json:"createdAt"`
	}{m.ID, m.Name, m.Capacity, m.Players, m.CreatedAt.String()}
	if err := json.NewEncoder(w).Encode(out); err != nil {
		panic(err)
	}
}

// BenchmarkPost compares a POST whose request is checked against the contract
// with the same one unchecked.
func BenchmarkPost(b *testing.B) {
	plain := http.NewServeMux()
	plain.HandleFunc("POST /rooms", unvalidated)
	handlers := []struct {
		name string
		h    http.Handler
	}{
		{"validated", restapi.Handler(restapi.NewStrictHandler(echo{}, nil))},
		{"unvalidated", plain},
	}
	for _, bb := range handlers {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequest(http.MethodPost, "/rooms", strings.NewReader(`{"name":"attic","capacity":50}`))
				r.Header.Set("Content-Type", "application/json")
				w := httptest.NewRecorder()
				bb.h.ServeHTTP(w, r)
				if w.Code != http.StatusCreated {
					b.Fatalf("status %d: %s", w.Code, w.Body)
				}
			}
		})
	}
}
