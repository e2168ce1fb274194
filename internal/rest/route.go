package rest

import (
	"net/http"
	"path"
	"strings"

	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/internal/present"
)

// route answers what mux has no route for. It also keeps the mux from
// redirecting a path that is not in its shortest form.
func (s *Server) route(mux *http.ServeMux) http.Handler {
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { s.unrouted(mux, w, r) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p := r.URL.Path; p != "/" && path.Clean(p) != strings.TrimSuffix(p, "/") || r.Method == http.MethodConnect {
			s.answer(w, r, present.Problem{Code: schema.ErrorCodeNotFound, Detail: "There is nothing at this address."})
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func (s *Server) unrouted(mux *http.ServeMux, w http.ResponseWriter, r *http.Request) {
	allowed := allowedMethods(mux, r)
	if len(allowed) == 0 {
		s.answer(w, r, present.Problem{Code: schema.ErrorCodeNotFound, Detail: "There is nothing at this address."})
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	s.answer(w, r, present.Problem{Code: schema.ErrorCodeMethodNotAllowed, Detail: "This address does not have this method."})
}

// allowedMethods lists the methods that mux has for r's path.
func allowedMethods(mux *http.ServeMux, r *http.Request) []string {
	var allowed []string
	probe := &http.Request{URL: r.URL, Host: r.Host}
	for _, method := range []string{
		http.MethodDelete, http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPatch, http.MethodPost, http.MethodPut,
	} {
		probe.Method = method
		if _, pattern := mux.Handler(probe); pattern != "/" && pattern != "" {
			allowed = append(allowed, method)
		}
	}
	return allowed
}

// answer writes a problem that is no error of the server.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, p present.Problem) {
	if err := p.Write(w, callOf(r.Context()).id); err != nil {
		s.cfg.Log.DebugContext(r.Context(), "problem not written", "request", callOf(r.Context()).id, "error", err)
	}
}
