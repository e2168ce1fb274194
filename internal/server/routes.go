package server

import (
	"net/http"
	"strings"

	"github.com/duet-api/duet/gen/restapi"
	"github.com/duet-api/duet/gen/spec"
)

// routes leads a request to its half of the API. It is no [http.ServeMux], which answers some requests by itself: all
// that is not one of these answers is for the REST half, whose 404 and 405 are problems.
type routes struct {
	pages   map[string]http.Handler // by exact path
	sockets http.Handler            // gets the room as the path value roomId
	rest    http.Handler
}

// ServeHTTP implements [http.Handler].
func (h *routes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if page, ok := h.pages[r.URL.Path]; ok {
		page.ServeHTTP(w, r)
		return
	}
	if room, ok := socketRoom(r.URL.Path); ok {
		r.SetPathValue("roomId", room)
		h.sockets.ServeHTTP(w, r)
		return
	}
	h.rest.ServeHTTP(w, r)
}

// socketRoom returns the room whose socket has this path.
func socketRoom(path string) (string, bool) {
	rest, ok := strings.CutPrefix(path, restapi.BasePath+"/rooms/")
	if !ok {
		return "", false
	}
	room, ok := strings.CutSuffix(rest, "/socket")
	return room, ok && room != "" && !strings.Contains(room, "/")
}

// pages are the addresses of the server itself.
func pages(l links, hl *health, m *metrics) (map[string]http.Handler, error) {
	home, err := landing(l)
	if err != nil {
		return nil, err
	}
	all := map[string]http.Handler{
		"/":              get(home),
		"/openapi.yaml":  get(document(spec.OpenAPI)),
		"/asyncapi.yaml": get(document(spec.AsyncAPI)),
		"/healthz":       get(hl.live),
		"/readyz":        get(hl.ready),
		"/metrics":       get(m.handler().ServeHTTP),
	}
	for path, page := range all {
		all[path] = observe(m, path, page)
	}
	return all, nil
}
