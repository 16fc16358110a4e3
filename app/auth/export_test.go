package auth

// FailureKey is where failures of an e-mail address are counted.
func (s *Service) FailureKey(email string) string { return "email:" + hash(email) }
