// Package conformance holds the reference socket to its contract: it runs the
// transcripts of api/conformance against the real server and, with the roles
// reversed, against the generated Go client.
//
// # Transcripts
//
// A transcript is a txtar archive: a comment that says what it shows, and
// scripts, one a file. Scripts run at the same time, each with rooms and
// connections of its own. A line that starts with # is a comment, a line that
// starts with a space goes on with the line before.
//
//	user ada grace                   these users exist and are logged in
//	room arena by ada [capacity 2]   ada made a room; by default it holds 10
//
//	open ada $arena HOW...           a connection named ada is open. HOW, any number of:
//	                                 bearer TOKEN    as the second subprotocol
//	                                 header TOKEN    as Authorization: Bearer
//	                                 ticket TICKET   as ?ticket=
//	                                 origin ORIGIN   as the header Origin
//	                                 contract HASH   as ?contract=
//	                                 protocol NAMES  offered in place of duet.v1, by commas; none for no offer
//	open ada $arena HOW... => 404 {…}   the handshake is refused with this problem
//
//	ada < {…}          the server sends ada this message, and nothing before it
//	ada < 6 times {…}  six such messages, one after the other
//	ada < many {…}     such messages, one at least, until something else comes
//	ada <~ {…}         the server sends this message; others may come before it, for later lines
//	ada < close 4504   the server closes the connection with this code
//	ada skips          whatever comes until the connection ends, where its order is a matter of time
//	ada silent         nothing has come: the answer to a ping comes first
//
//	ada > …                      ada sends this text, as it stands
//	ada sends 20 times …         often
//	ada sends binary …           in a binary frame
//	ada sends bytes "\xff"       the bytes of a Go string
//	ada sends padded 2000 …      with spaces at its end, so that it has so many bytes
//	ada closes 1000              ada closes the connection in order
//	ada drops                    ada's connection breaks
//
//	rest ada PUT /v1/users/$ada {…} => 200 {…}   a call by ada, and its answer. In place of a user:
//	                                             nobody, or a token
//	never TEXT                   no answer of this script and no line of the log holds TEXT
//
// At the end of a script every open connection is silent: a script tells all
// that its connections get.
//
// # Names
//
// $ada is ada's user id, $ada.token an access token, $ada.expired one that has
// expired, $ada.forged one that was signed by someone else, $ada.ticket a new
// ticket; $password is the password of every user, and $arena the id of a room.
// Users are shared by all scripts. A script that logs in by password, logs out
// or deletes a user makes up names that no other script has.
//
// What is expected is JSON with three additions: ... in an object allows more
// members, ? is any value, and ?name is any value, which $name stands for from
// then on.
//
// # Two runs
//
// Against the server a script is the client, with a WebSocket library and
// nothing else. Whatever the server sends is judged by the AsyncAPI document
// that it serves, and every answer over REST by the OpenAPI document.
//
// Against the generated client it is the server: what stands behind < is sent
// to the client, with the rest of an open object and the values of ? taken from
// the
// message's examples in the document, and must come out as a typed
// message that is encoded to the same JSON. What stands behind > is
// decoded into a typed message and sent by the client's method. Lines that no
// typed client can produce are left out: sends, texts behind > that break the
// contract, connections with protocol, and all of rest, user, room and never.
package conformance
