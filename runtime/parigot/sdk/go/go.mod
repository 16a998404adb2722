module parigot.studio/sdk

go 1.24
