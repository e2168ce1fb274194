package spec

import "strings"

// Closest gives the candidate that word was most likely meant to be, or "" where
// none is near. Candidates that differ only in letter case are nearest.
func Closest(word string, candidates []string) string {
	return Within(word, candidates, len(word)/3+1)
}

// maxWord is how many bytes a word may have that is compared with others.
const maxWord = 256

// Within is Closest with a limit of how many letters may be wrong. Nothing is near
// a word of more than 256 bytes.
func Within(word string, candidates []string, limit int) string {
	if len(word) > maxWord {
		return ""
	}
	best, bestDistance := "", limit+1
	for _, c := range candidates {
		if c == word {
			continue
		}
		d := distance(strings.ToLower(word), strings.ToLower(c), bestDistance)
		if d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// DidYouMean gives " (did you mean …?)" for the closest candidate, or "".
func DidYouMean(word string, candidates []string) string {
	if c := Closest(word, candidates); c != "" {
		return ` (did you mean "` + c + `"?)`
	}
	return ""
}

// distance is the optimal string alignment distance of a and b in bytes: edits
// and swaps of neighbours. It gives limit where the lengths alone rule a
// smaller result out.
func distance(a, b string, limit int) int {
	if max(len(a)-len(b), len(b)-len(a)) >= limit {
		return limit
	}
	before, prev, cur := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, prev, cur = prev, cur, before
	}
	return prev[len(b)]
}
