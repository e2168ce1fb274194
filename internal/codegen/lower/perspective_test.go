package lower

import "testing"

func TestSaysDirection(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ toServer, said bool }{
		"sendToServer":                                {true, true},
		"on_from-server":                              {false, true},
		"receiveFromClient":                           {true, true},
		"The client sends its moves.":                 {true, true},
		"A user receives what others said":            {false, true},
		"The server broadcasts\nthe state":            {false, true},
		"Send messages to the websockets server":      {true, true},
		"Sent by the server to all connected clients": {false, true},
		"The server replies to what the client sends; the server sends an error to the client": {false, false},
		"sendSteer":              {false, false},
		"a client server system": {false, false},
		"":                       {false, false},
	}
	for text, tt := range tests {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			toServer, said := saysDirection(text)
			if said != tt.said || said && toServer != tt.toServer {
				t.Errorf("to the server: %v, said: %v", toServer, said)
			}
		})
	}
}
