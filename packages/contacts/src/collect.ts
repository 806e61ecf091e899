// Collects the people that somebody wrote to from mail systems of many kinds; shared by the tool and the server.
export {}
