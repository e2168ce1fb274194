package present

import (
	"net/http"

	"github.com/duet-api/duet/gen/schema"
)

// Status gives the HTTP status of an error code: the table of
// api/schemas/error-code.yaml. Codes that never go over REST are a mistake of
// the server.
func Status(code schema.ErrorCode) int {
	switch code {
	case schema.ErrorCodeMalformedJSON, schema.ErrorCodeInvalidRequest:
		return http.StatusBadRequest
	case schema.ErrorCodeUnauthenticated, schema.ErrorCodeInvalidCredentials, schema.ErrorCodeInvalidToken,
		schema.ErrorCodeTokenExpired, schema.ErrorCodeTokenRevoked, schema.ErrorCodeInvalidTicket:
		return http.StatusUnauthorized
	case schema.ErrorCodeForbidden, schema.ErrorCodeOriginNotAllowed:
		return http.StatusForbidden
	case schema.ErrorCodeNotFound, schema.ErrorCodeUserNotFound, schema.ErrorCodeRoomNotFound:
		return http.StatusNotFound
	case schema.ErrorCodeMethodNotAllowed:
		return http.StatusMethodNotAllowed
	case schema.ErrorCodeTimeout:
		return http.StatusRequestTimeout
	case schema.ErrorCodeNameTaken, schema.ErrorCodeRoomFull, schema.ErrorCodeTooManyRooms:
		return http.StatusConflict
	case schema.ErrorCodePayloadTooLarge:
		return http.StatusRequestEntityTooLarge
	case schema.ErrorCodeUnsupportedMediaType:
		return http.StatusUnsupportedMediaType
	case schema.ErrorCodeUpgradeRequired:
		return http.StatusUpgradeRequired
	case schema.ErrorCodeRateLimited, schema.ErrorCodeTooManyLogins:
		return http.StatusTooManyRequests
	case schema.ErrorCodeUnavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}
